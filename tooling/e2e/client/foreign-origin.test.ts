import { startTestServer, type TestServer } from '@moonlight/api/testing';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { launchChromium } from '../browser/launch-chromium.ts';
import type { LoopbackServer } from '../src/loopback-server.ts';
import { password, register } from '../src/people.ts';
import { servePage } from '../src/serve-page.ts';

// The first three are on one site, so SameSite does not separate them. The fourth is on another site.
const HOSTS = ['app.moon.test', 'api.moon.test', 'evil.moon.test', 'evil.example'];

let pages: LoopbackServer;
let browser: Browser;
let context: BrowserContext;
let server: TestServer;
let api = '';
beforeAll(async () => {
  const rules = HOSTS.map((host) => `MAP ${host} 127.0.0.1`).join(',');
  [pages, browser] = await Promise.all([servePage(), launchChromium([`--host-resolver-rules=${rules}`])]);
  server = await startTestServer({ env: { CORS_ORIGINS: `http://app.moon.test:${pages.port}` } });
  api = `http://api.moon.test:${new URL(server.url).port}`;
});
afterAll(async () => {
  await browser.close();
  await Promise.all([pages.close(), server.close()]);
});

const openApp = async (): Promise<Page> => {
  const page = await context.newPage();
  await page.goto(`http://app.moon.test:${pages.port}/?${new URLSearchParams({ api, session: 'cookie' })}`);
  return page;
};

beforeEach(async () => {
  context = await browser.newContext();
  const { email } = await register(server.url);
  const app = await openApp();
  await app.evaluate((input) => moonlight.auth.login.mutate(input), { email, password });
  await app.close();
});

/** Tries what a page can do with the cookie of another origin; returns the result of each attempt. */
const attack = (page: Page): Promise<string[]> =>
  page.evaluate(async (url) => {
    const send = (path: string, init: RequestInit) =>
      fetch(`${url}/trpc/${path}`, { method: 'POST', credentials: 'include', body: '{}', ...init }).then(
        (answer) => `${answer.type} ${answer.status}`,
        () => 'refused by the browser',
      );
    const asked = { 'content-type': 'application/json', 'x-moonlight-session': 'cookie' };
    return [
      await send('auth.refresh', { headers: asked }),
      await send('auth.logout', { headers: asked }),
      await send('auth.refresh', { headers: { 'content-type': 'text/plain' } }),
      await send('auth.logout', { mode: 'no-cors', headers: { 'content-type': 'text/plain' } }),
    ];
  }, api);

test.each(['evil.moon.test', 'evil.example'])(
  'a page of %s can neither use nor end the session of our page',
  async (host) => {
    const before = await context.cookies(api);
    expect(before).toHaveLength(1);
    const evil = await context.newPage();
    await evil.goto(`http://${host}:${pages.port}/empty`);
    expect(await attack(evil)).toEqual([...Array(3).fill('refused by the browser'), 'opaque 0']);
    await evil.setContent(
      `<form method="post" enctype="text/plain" action="${api}/trpc/auth.logout"><button>win</button></form>`,
    );
    await Promise.all([evil.waitForURL(`${api}/**`), evil.click('button')]);
    expect(await evil.textContent('body')).toContain('UNSUPPORTED_MEDIA_TYPE');

    expect(await context.cookies(api)).toEqual(before);
    const app = await openApp();
    expect(await app.evaluate(() => moonlight.restore())).toBe(true);
    await context.close();
  },
);
