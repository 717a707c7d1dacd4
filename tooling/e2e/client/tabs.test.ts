import { createTestClock, startTestServer, type TestServer } from '@moonlight/api/testing';
import type { Browser, BrowserContext, Page, Route } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { launchChromium } from '../browser/launch-chromium.ts';
import { startFaultyProxy } from '@moonlight/redis/testing';
import type { LoopbackServer } from '../src/loopback-server.ts';
import { password, register } from '../src/people.ts';
import { servePage } from '../src/serve-page.ts';

const clock = createTestClock();
let server: TestServer;
let pages: LoopbackServer;
let browser: Browser;
let context: BrowserContext;
let refreshes = 0;
beforeAll(async () => {
  [pages, browser] = await Promise.all([servePage(), launchChromium()]);
  server = await startTestServer({ overrides: { clock } });
});
afterAll(async () => {
  await browser.close();
  await Promise.all([pages.close(), server.close()]);
});
beforeEach(async () => {
  refreshes = 0;
  context = await browser.newContext();
  context.on('request', (request) => {
    if (request.method() === 'POST' && request.url().endsWith('/auth.refresh')) refreshes += 1;
  });
});
afterEach(() => context.close());

type Mode = 'cookie' | 'localStorage';

const openTab = async (mode: Mode, api = server.url): Promise<Page> => {
  const page = await context.newPage();
  await page.goto(`http://127.0.0.1:${pages.port}/?${new URLSearchParams({ api, session: mode })}`);
  return page;
};
const logIn = (tab: Page, email: string) =>
  tab.evaluate((input) => moonlight.auth.login.mutate(input).then(({ user }) => user.username), { email, password });
const tenProfiles = (tab: Page): Promise<string[]> =>
  tab.evaluate(async () => {
    const users = await Promise.all(Array.from({ length: 10 }, () => moonlight.account.profile.query()));
    return users.map((user) => user.username);
  });
/** The result of a call in one tab if another user logs in, in the other tab, while the call is being refused. */
const callWhileLogin = async (tab: Page, other: Page): Promise<string> => {
  const { email } = await register(server.url);
  clock.advance(31 * 60);
  const holdBack = async (route: Route) => {
    const response = await route.fetch();
    await logIn(other, email);
    await route.fulfill({ response });
  };
  await context.route('**/sessions.revokeOthers*', holdBack, { times: 1 });
  return tab.evaluate(() =>
    moonlight.sessions.revokeOthers.mutate().then(
      () => 'done',
      (error: Error) => error.message,
    ),
  );
};
const eventsOf = (tab: Page): Promise<string[]> => tab.evaluate(() => events);

describe.each<Mode>(['cookie', 'localStorage'])('two tabs that share a session by %s', (mode) => {
  const openTwo = async () => {
    const { email, username } = await register(server.url);
    const tabs: [Page, Page] = [await openTab(mode), await openTab(mode)];
    await logIn(tabs[0], email);
    await expect.poll(() => eventsOf(tabs[1])).toEqual(['loggedIn elsewhere']);
    return { tabs, username, email };
  };

  test('twenty calls with an expired token cause one refresh', async () => {
    const { tabs, username } = await openTwo();
    clock.advance(31 * 60);
    const names = await Promise.all(tabs.map(tenProfiles));
    expect(new Set(names.flat())).toEqual(new Set([username]));
    expect(refreshes).toBe(1);
    const refreshEvents = (await Promise.all(tabs.map(eventsOf)))
      .flat()
      .filter((event) => event.startsWith('refreshed'));
    expect(refreshEvents.toSorted()).toEqual(['refreshed elsewhere', 'refreshed here']);
  });

  test('if a refresh is refused, each tab emits loggedOut once and knows that the service ended the session', async () => {
    const { tabs, email } = await openTwo();
    await server.deps.db.execute("update sessions set revoked_at = now(), revoke_reason = 'revoked'");
    const results = await Promise.all(
      tabs.map((tab) =>
        tab.evaluate(async () => {
          const calls = Array.from({ length: 10 }, () => moonlight.account.profile.query());
          return (await Promise.allSettled(calls)).map(({ status }) => status);
        }),
      ),
    );
    expect(new Set(results.flat())).toEqual(new Set(['rejected']));
    const ends = async () =>
      (await Promise.all(tabs.map(eventsOf))).flat().filter((event) => event.startsWith('loggedOut'));
    await expect.poll(async () => (await ends()).length).toBe(2);
    expect(await ends()).toEqual(['loggedOut ended', 'loggedOut ended']);
    await logIn(tabs[1], email);
    expect((await tenProfiles(tabs[1])).length).toBe(10);
  });

  test('a logout in one tab logs the other out, and the next login reaches both', async () => {
    const { tabs } = await openTwo();
    await tabs[0].evaluate(() => moonlight.auth.logout.mutate());
    await expect.poll(() => eventsOf(tabs[1])).toEqual(['loggedIn elsewhere', 'loggedOut elsewhere']);
    const other = await register(server.url);
    await logIn(tabs[1], other.email);
    await expect.poll(async () => (await eventsOf(tabs[0])).at(-1)).toBe('loggedIn elsewhere');
    expect(new Set(await tenProfiles(tabs[0]))).toEqual(new Set([other.username]));
  });

  test('a call that is refused while another user logs in is not sent again as that user', async () => {
    const { tabs } = await openTwo();
    expect(await callWhileLogin(...tabs)).toBe('Token expired');
    expect(await eventsOf(tabs[0])).toEqual(['loggedIn here', 'loggedIn elsewhere']);
  });

  test('a closed client still works, but exchanges no events', async () => {
    const { tabs, username } = await openTwo();
    await tabs[0].evaluate(() => moonlight.close());
    clock.advance(31 * 60);
    expect(new Set(await tenProfiles(tabs[0]))).toEqual(new Set([username]));
    expect(await tabs[0].evaluate(() => moonlight.auth.logout.mutate())).toBeNull();
    expect(await eventsOf(tabs[0])).toEqual(['loggedIn here', 'refreshed here', 'loggedOut loggedOut']);
    expect(await eventsOf(tabs[1])).toEqual(['loggedIn elsewhere']);
  });

  test('a session survives a reload and a tab that is closed during a refresh', async () => {
    const { tabs, username } = await openTwo();
    clock.advance(31 * 60);
    await context.route('**/auth.refresh', () => undefined);
    const begun = context.waitForEvent('request', (request) => request.url().endsWith('/auth.refresh'));
    const lost = tabs[0].evaluate(() => moonlight.account.profile.query()).catch(() => 'closed');
    await begun;
    await tabs[0].close();
    expect(await lost).toBe('closed');
    await context.unroute('**/auth.refresh');
    expect(new Set(await tenProfiles(tabs[1]))).toEqual(new Set([username]));
    const reloaded = await openTab(mode);
    expect(await reloaded.evaluate(() => moonlight.restore())).toBe(true);
  });
});

test('a tab that cannot write its store uses the session in memory until another tab writes a newer one', async () => {
  const [alice, bob] = [await register(server.url), await register(server.url)];
  const [tab, other] = [await openTab('localStorage'), await openTab('localStorage')];
  await logIn(tab, alice.email);
  await tab.evaluate(() => {
    Storage.prototype.setItem = () => {
      throw new Error('full');
    };
  });
  clock.advance(31 * 60);
  expect(new Set(await tenProfiles(tab))).toEqual(new Set([alice.username]));
  await logIn(other, bob.email);
  const events = ['loggedIn here', 'refreshed here', 'storeFailed Error: full', 'loggedIn elsewhere'];
  await expect.poll(() => eventsOf(tab)).toEqual(events);
  expect(new Set(await tenProfiles(tab))).toEqual(new Set([bob.username]));
});

test('in cookie mode a refresh is repeated if its answer, cookie included, was lost', async () => {
  const proxy = await startFaultyProxy(server.url);
  const { email, username } = await register(server.url);
  const tab = await openTab('cookie', proxy.url);
  await logIn(tab, email);
  clock.advance(31 * 60);
  // More often than the browser itself repeats a request.
  proxy.loseAnswers('/trpc/auth.refresh', 2);
  expect(new Set(await tenProfiles(tab))).toEqual(new Set([username]));
  expect([refreshes > 1, await eventsOf(tab)]).toEqual([true, ['loggedIn here', 'refreshed here']]);
  await proxy.close();
});

test('in cookie mode, tabs without Web Locks learn of another login at their next refresh', async () => {
  await context.addInitScript(() => Reflect.deleteProperty(Navigator.prototype, 'locks'));
  const { email } = await register(server.url);
  const [tab, other] = [await openTab('cookie'), await openTab('cookie')];
  await logIn(tab, email);
  expect(await callWhileLogin(tab, other)).toBe('Token expired');
  expect(await eventsOf(tab)).toEqual(['loggedIn here', 'loggedIn elsewhere']);
});

test('a tab that logs out before it has loaded the session logs the other tabs out', async () => {
  const { email } = await register(server.url);
  const tab = await openTab('cookie');
  await logIn(tab, email);
  const other = await openTab('cookie');
  await other.evaluate(() => moonlight.auth.logout.mutate());
  await expect.poll(() => eventsOf(tab)).toEqual(['loggedIn here', 'loggedOut elsewhere']);
});

test('in cookie mode no script can read the refresh token', async () => {
  const { email } = await register(server.url);
  const tab = await openTab('cookie');
  const answers = await tab.evaluate(
    async (input) => {
      const { tokens } = await moonlight.auth.login.mutate(input);
      return [tokens.refreshToken, document.cookie, localStorage.length, sessionStorage.length];
    },
    { email, password },
  );
  expect(answers).toEqual(['', '', 0, 0]);
  const [cookie] = await context.cookies(server.url);
  expect(cookie).toMatchObject({ name: 'moonlight_session', httpOnly: true, sameSite: 'Strict', path: '/' });
  await tab.evaluate(() => moonlight.auth.logout.mutate());
  expect(await context.cookies(server.url)).toEqual([]);
  const reloaded = await openTab('cookie');
  expect(await reloaded.evaluate(() => moonlight.restore())).toBe(false);
  expect(await eventsOf(reloaded)).toEqual([]);
});
