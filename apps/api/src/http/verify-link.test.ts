import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, createAccount, createTestClock, startTestServer, type TestServer } from '../testing.ts';

const HTML = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const clock = createTestClock();
let server: TestServer;

beforeAll(async () => {
  server = await startTestServer({ env: { CAPTCHA_PROVIDER: 'none' }, overrides: { clock } });
});
afterAll(() => server.close());

const newLink = async (prefix = '/api/v1/auth/verify') => {
  const { email, accessToken: token } = await createAccount(server.url);
  const { url } = await server.lastMail('verification-link', email);
  const isVerified = async () => {
    const { text } = await ask('GET', `${server.url}/api/v1/auth/profile`, { token });
    return JSON.parse(text).data.is_email_verified;
  };
  return { link: `${server.url}${prefix}/${new URL(url).searchParams.get('token')}`, token, email, isVerified };
};

test.each(['GET', 'POST'])(
  'a program verifies with %s; a second time, however late, answers already_verified',
  async (method) => {
    const { link, isVerified } = await newLink();
    const first = await ask(method, link);
    expect(first.status).toBe(200);
    expect(first.body).toEqual({ code: 0, message: 'email verified successfully', data: { status: 'verified' } });
    expect(await isVerified()).toBe(true);
    clock.advance(3600);
    const second = await ask(method, `${link}/`, { headers: { accept: '*/*', 'accept-language': 'zh' } });
    expect(second.body).toEqual({ code: 0, message: '邮箱已验证', data: { status: 'already_verified' } });
  },
);

test.each(['/api/v1/auth/verify', '/api/auth/verify', '/api/v1/auth/email/verify', '/api/auth/email/verify'])(
  'below %s the page’s GET and HEAD do not use the link; its form does',
  async (prefix) => {
    const { link, isVerified } = await newLink(prefix);
    const page = await ask('GET', link, { headers: HTML });
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; style-src 'sha256-[^']+'; form-action 'self'/,
    );
    expect(page.text.match(/<form/g)).toHaveLength(1);
    for (const headers of [HTML, {}]) {
      const { status, text, headers: answered } = await ask('HEAD', link, { headers });
      expect({ status, text }).toEqual({ status: 200, text: '' });
      expect(answered.get('content-type')).toMatch(headers === HTML ? /^text\/html/ : /^application\/json/);
    }
    expect(await isVerified()).toBe(false);

    const done = await ask('POST', link, { headers: { ...HTML, ...FORM }, body: '' });
    expect(done.status).toBe(200);
    expect(done.text).toContain('<h1>Your email is verified</h1>');
    expect(done.text).not.toContain('<form');
    expect(await isVerified()).toBe(true);
    expect((await ask('GET', link, { headers: HTML })).text).toContain('<h1>Already verified</h1>');
  },
);

test.each([
  ['text/html, */*', true],
  ['application/json, text/html', true],
  ['text/html;q=0.9, application/json', false],
  ['*/*', false],
  ['text/*', false],
])('a GET and a POST with Accept %s are answered alike, with a page: %s', async (accept, isPage) => {
  for (const method of ['GET', 'POST']) {
    const { link } = await newLink();
    const { status, headers } = await ask(method, link, { headers: { accept } });
    expect(status).toBe(200);
    expect(headers.get('content-type')).toMatch(isPage ? /^text\/html/ : /^application\/json/);
  }
});

test('unknown, replaced and expired links are refused alike for programs and browsers, by every method', async () => {
  const expired = await newLink();
  const replaced = await newLink();
  clock.advance(60);
  await ask('POST', `${server.url}/api/v1/auth/email/verify/send`, { token: replaced.token });
  clock.advance(15 * 60);
  const unknown = `${server.url}/api/v1/auth/verify/${'x'.repeat(43)}`;
  const browser = { ...HTML, 'accept-language': 'zh-CN' };
  for (const [link, error] of [
    [unknown, 'LINK_INVALID'],
    [replaced.link, 'LINK_INVALID'],
    [expired.link, 'LINK_EXPIRED'],
  ] as const) {
    for (const method of ['GET', 'POST']) {
      const page = await ask(method, link, { headers: browser });
      expect(page.status).toBe(400);
      expect(page.text).toContain('<h1>此链接已失效</h1>');
      expect(page.text).toContain('<a href="http://localhost:5173/check-mail">获取新链接</a>');
      const json = await ask(method, link);
      expect(json.status).toBe(400);
      expect(json.body).toMatchObject({ code: 400, error, message: 'Invalid or expired token' });
    }
    expect((await ask('HEAD', link)).status).toBe(400);
    expect((await ask('HEAD', link, { headers: browser })).status).toBe(400);
  }
});

test('a token of any length is checked; one that no link can have is a validation error of the field token', async () => {
  const path = `${server.url}/api/auth/verify`;
  expect((await ask('GET', `${path}/${'x'.repeat(500)}`)).body).toMatchObject({ error: 'LINK_INVALID' });
  expect((await ask('GET', `${path}/%E5%AF%86%2F..%2F`)).body).toMatchObject({ error: 'LINK_INVALID' });
  const { body } = await ask('GET', `${path}/${'x'.repeat(5000)}`);
  expect(body).toMatchObject({ error: 'VALIDATION_FAILED', details: [{ path: 'token' }] });
});

test('additional fields are refused, in a form and in JSON', async () => {
  const { link, isVerified } = await newLink();
  const details = [{ path: 'new_field', message: 'unknown field' }];
  expect((await ask('POST', link, { body: { new_field: 1 } })).body).toMatchObject({ details });
  expect((await ask('POST', link, { headers: FORM, body: 'new_field=1' })).body).toMatchObject({ details });
  expect((await ask('POST', link, { body: [] })).body).toMatchObject({ error: 'VALIDATION_FAILED' });
  expect(await isVerified()).toBe(false);
});
