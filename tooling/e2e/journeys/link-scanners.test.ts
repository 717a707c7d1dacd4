import { createMoonlightClient } from '@moonlight/client';
import { startWebServer, type WebServer } from '@moonlight/web';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { register } from '../src/people.ts';
import { linkIn, tokenIn } from '../src/mailbox.ts';
import { restOf } from '../src/rest.ts';
import { buildAppsOnce, PAGES } from '../src/run-app.ts';
import { FRONTEND_URL, PUBLIC_URL, type Stack, startStack } from '../src/start-stack.ts';

/** User agents of programs that open the links of a mail before its reader: spam filters, previews, prefetchers. */
const SCANNERS = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36',
  'Mozilla/5.0 (compatible; Microsoft Office Protection)',
  'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)',
  'facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)',
  'WhatsApp/2.24 A',
  'TelegramBot (like TwitterBot)',
  'LinkedInBot/1.0 (compatible; Mozilla/5.0)',
  'Barracuda Sentinel (EE)',
  'Mozilla/5.0 (compatible; Proofpoint URL Defense)',
  'GoogleImageProxy',
] as const;
const HTML = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

let web: WebServer;
let stack: Stack;
beforeAll(async () => {
  await buildAppsOnce();
  web = await startWebServer({
    folder: PAGES,
    host: '127.0.0.1',
    port: 0,
    publicUrl: PUBLIC_URL,
    appName: 'Moonlight',
  });
  stack = await startStack({ env: { CAPTCHA_PROVIDER: 'none' } });
});
afterAll(async () => {
  await stack.close();
  await web.close();
});

/** Requests a page by HEAD and GET as every scanner, with the Accept header of a browser. */
const scan = async (url: string) => {
  const visits = (method: 'HEAD' | 'GET') =>
    SCANNERS.map(async (agent) => {
      const answer = await fetch(url, { method, headers: { 'user-agent': agent, accept: HTML } });
      return { status: answer.status, text: await answer.text() };
    });
  const heads = await Promise.all(visits('HEAD'));
  const pages = await Promise.all(visits('GET'));
  return { statuses: new Set([...heads, ...pages].map(({ status }) => status)), pages: pages.map(({ text }) => text) };
};

const newest = async (email: string) => {
  const mail = await stack.mailbox.next(email);
  // In production links point to a public address; here the pages behind it are on this machine.
  return { link: linkIn(mail).replace(FRONTEND_URL, `http://127.0.0.1:${web.port}`), token: tokenIn(mail) };
};

const clientOf = () => createMoonlightClient({ url: stack.url });

test('a verification link still works after ten scanners have opened it twice each', async () => {
  const { email } = await register(stack.url);
  const { link, token } = await newest(email);
  expect((await scan(link)).statuses).toEqual(new Set([200]));
  expect(await clientOf().emailVerification.confirm.mutate({ token })).toEqual({ status: 'verified' });
});

test('the verification page of the API does not verify until its button is pressed', async () => {
  const { email } = await register(stack.url);
  const { token } = await newest(email);
  const page = `${stack.url}/api/v1/auth/verify/${token}`;
  const { statuses, pages } = await scan(page);
  expect(statuses).toEqual(new Set([200]));
  for (const text of pages) {
    expect(text).toContain('<form method="post"><button type="submit">');
    expect(text).not.toContain('<script');
  }
  const verified = 'select email_verified_at from users where email = $1';
  expect(await stack.sql.query(verified, [email])).toEqual([{ email_verified_at: null }]);

  const press = () =>
    fetch(page, { method: 'POST', headers: { accept: HTML }, body: new URLSearchParams() }).then(async (answer) => ({
      status: answer.status,
      type: answer.headers.get('content-type'),
      text: await answer.text(),
    }));
  expect(await press()).toMatchObject({
    status: 200,
    type: 'text/html; charset=utf-8',
    text: expect.stringContaining('<h1>Your email is verified</h1>'),
  });
  expect(await press()).toMatchObject({ status: 200, text: expect.stringContaining('<h1>Already verified</h1>') });
  for (const text of (await scan(page)).pages) expect(text).toContain('<h1>Already verified</h1>');
});

test('the page reports an invalid link at once, in the language of the request', async () => {
  const page = `${stack.url}/api/auth/email/verify/${'A'.repeat(43)}/`;
  const answer = await fetch(page, { headers: { accept: HTML, 'accept-language': 'zh-CN,zh;q=0.9' } });
  expect([answer.status, await answer.text()]).toEqual([
    400,
    expect.stringMatching(/<html lang="zh-CN">[\s\S]+<h1>此链接已失效<\/h1>/),
  ]);
});

test('a reset link still works after ten scanners have opened it and sent its token to the API', async () => {
  const { email } = await register(stack.url);
  await newest(email);
  await clientOf().passwordReset.send.mutate({ email });
  const { link, token } = await newest(email);
  expect(link).toMatch(`http://127.0.0.1:${web.port}/reset-password?token=${token}`);
  expect((await scan(link)).statuses).toEqual(new Set([200]));
  for (const path of [`password/reset?token=${token}`, `reset-password?token=${token}`, `reset-password/${token}`])
    for (const status of (await scan(`${stack.url}/api/v1/auth/${path}`)).statuses)
      expect([404, 405]).toContain(status);
  const newPassword = 'a shorter, darker night';
  expect(await clientOf().passwordReset.confirm.mutate({ token, newPassword })).toBeNull();
  expect((await clientOf().auth.login.mutate({ email, password: newPassword })).user.isEmailVerified).toBe(true);
});

test('a GET request of a program, which does not accept HTML, verifies', async () => {
  const { email } = await register(stack.url);
  const { token } = await newest(email);
  const rest = restOf(stack.url);
  expect(await rest(`HEAD /api/v1/auth/verify/${token}`)).toMatchObject({ status: 200, text: '' });
  expect(await rest(`GET /api/v1/auth/verify/${token}`)).toMatchObject({
    status: 200,
    body: { code: 0, message: 'email verified successfully', data: { status: 'verified' } },
  });
});
