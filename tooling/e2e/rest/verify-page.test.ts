import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createAccount, type TestAccount } from '@moonlight/api/testing';
import type { AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchChromium } from '../browser/launch-chromium.ts';
import { tokenIn } from '../src/mailbox.ts';
import { type Stack, startStack } from '../src/start-stack.ts';

let browser: Browser;
let stack: Stack;
let axe: string;

beforeAll(async () => {
  axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  browser = await launchChromium();
  stack = await startStack({ env: { APP_NAME: 'Moon & <Light>' } });
});
afterAll(async () => {
  await browser.close();
  await stack.close();
});

const linkOf = async ({ email }: TestAccount): Promise<string> =>
  `${stack.url}/api/v1/auth/verify/${tokenIn(await stack.mailbox.next(email))}`;

const violationsOf = async (page: Page): Promise<string[]> => {
  // The Content-Security-Policy of the page allows no scripts, so axe is injected through the debugger.
  const { violations }: AxeResults = await page.evaluate(`(async () => { ${axe}; return axe.run(document); })()`);
  return violations.map(({ id, help }) => `${id}: ${help}`);
};

const isVerified = async ({ accessToken }: TestAccount): Promise<boolean> => {
  const answer = await fetch(`${stack.url}/api/v1/auth/profile`, {
    headers: { authorization: `Bearer ${accessToken}` },
  });
  return (await answer.text()).includes('"is_email_verified":true');
};

test.each([
  {
    locale: 'en-GB',
    button: 'Verify email',
    reject: 'This was not me',
    done: 'Your email is verified',
    again: 'Already verified',
    removed: 'Account removed',
  },
  {
    locale: 'zh-CN',
    button: '验证邮箱',
    reject: '不是我本人',
    done: '邮箱已验证',
    again: '此前已验证',
    removed: '账号已删除',
  },
])(
  'in $locale, the page of the link says who registered, and its buttons verify or reject, also by the keyboard',
  async (texts) => {
    const account = await createAccount(stack.url);
    const context = await browser.newContext({ locale: texts.locale, javaScriptEnabled: true });
    const page = await context.newPage();
    const requests: string[] = [];
    page.on('request', (request) => requests.push(`${request.method()} ${request.url()}`));
    const link = await linkOf(account);

    for (const time of [1, 2]) {
      await page.goto(link);
      expect(await page.getByRole('button').allTextContents(), `visit ${time}`).toEqual([texts.button, texts.reject]);
      await page.getByText(account.username, { exact: true }).waitFor();
      await page.getByText('127.0.0.1', { exact: true }).waitFor();
      expect(await page.locator('script, input, iframe, img').count()).toBe(0);
      expect(await violationsOf(page)).toEqual([]);
    }
    expect(await isVerified(account)).toBe(false);

    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe(texts.button);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: texts.done }).waitFor();
    expect(await violationsOf(page)).toEqual([]);
    expect(await isVerified(account)).toBe(true);
    expect(await page.title()).toBe(`${texts.done} · Moon & <Light>`);

    await page.goto(link);
    await page.getByRole('heading', { name: texts.again }).waitFor();
    expect(await page.getByRole('button').count()).toBe(0);
    expect(requests).toEqual([`GET ${link}`, `GET ${link}`, `POST ${link}`, `GET ${link}`]);

    const stranger = await createAccount(stack.url);
    await page.goto(await linkOf(stranger));
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: texts.removed }).waitFor();
    expect(await violationsOf(page)).toEqual([]);
    const { status } = await fetch(`${stack.url}/api/v1/auth/profile`, {
      headers: { authorization: `Bearer ${stranger.accessToken}` },
    });
    expect(status).toBe(404);
    await context.close();
  },
);

test('an invalid link shows an error without a button, with the status of the JSON API', async () => {
  const account = await createAccount(stack.url);
  const link = await linkOf(account);
  await stack.sql.passTime(15 * 60);
  const page = await browser.newPage({ locale: 'en', colorScheme: 'dark' });
  for (const url of [link, `${stack.url}/api/auth/email/verify/unknown`]) {
    const answer = await page.goto(url);
    expect(answer?.status()).toBe(400);
    await page.getByRole('heading', { name: 'This link does not work any more' }).waitFor();
    expect(await page.getByRole('button').count()).toBe(0);
    expect(await violationsOf(page)).toEqual([]);
  }
  await page.close();
});
