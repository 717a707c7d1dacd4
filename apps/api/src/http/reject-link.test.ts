import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, createAccount, startTestServer, type TestServer } from '../testing.ts';

const HTML = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const PREFIXES = ['/api/v1/auth/email/verify', '/api/auth/email/verify', '/api/v1/auth/verify', '/api/auth/verify'];
let server: TestServer;

beforeAll(async () => {
  server = await startTestServer({ env: { CAPTCHA_PROVIDER: 'none' } });
});
afterAll(() => server.close());

const newLink = async (prefix = '/api/v1/auth/email/verify') => {
  const { email, accessToken: token } = await createAccount(server.url);
  const { url } = await server.lastMail('verification-link', email);
  const profile = async () => (await ask('GET', `${server.url}/api/v1/auth/profile`, { token })).body;
  return { link: `${server.url}${prefix}/${new URL(url).searchParams.get('token')}`, profile };
};

test.each(PREFIXES)(
  'below %s a POST to the path “reject” removes the account; a GET changes nothing',
  async (prefix) => {
    const { link, profile } = await newLink(prefix);
    for (const method of ['GET', 'HEAD']) {
      const { status, headers } = await ask(method, `${link}/reject`, { headers: HTML });
      expect([status, headers.get('allow')]).toEqual([405, 'POST']);
    }
    expect(await profile()).toMatchObject({ code: 0 });
    const { status, body } = await ask('POST', `${link}/reject`);
    expect([status, body]).toEqual([200, { code: 0, message: 'account removed', data: null }]);
    expect(await profile()).toMatchObject({ code: 404, error: 'USER_NOT_FOUND' });
    expect((await ask('POST', `${link}/reject`)).body).toMatchObject({ code: 400, error: 'LINK_INVALID' });
  },
);

test.each(PREFIXES.flatMap((prefix) => [prefix, `${prefix}/`]))(
  'the page below %s says who registered, and its second button removes the account',
  async (prefix) => {
    const { link, profile } = await newLink(prefix.replace(/\/$/, ''));
    const pageUrl = prefix.endsWith('/') ? `${link}/?from=mail` : link;
    const { text } = await ask('GET', pageUrl, { headers: HTML });
    for (const label of ['Username', 'Created on', 'Device', 'IP address']) expect(text).toContain(`<dt>${label}</dt>`);
    expect(text).toContain('<dd>127.0.0.1</dd>');
    const [, path = ''] = /formaction="([^"]+)"/.exec(text) ?? [];
    const done = await ask('POST', new URL(path, pageUrl).href, { headers: { ...HTML, ...FORM }, body: '' });
    expect(done.status).toBe(200);
    expect(done.text).toContain('<h1>Account removed</h1>');
    expect(await profile()).toMatchObject({ error: 'USER_NOT_FOUND' });
    const again = await ask('POST', `${link}/reject`, {
      headers: { ...HTML, ...FORM, 'accept-language': 'zh' },
      body: '',
    });
    expect(again.status).toBe(400);
    expect(again.text).toContain('<h1>此链接已失效</h1>');
  },
);

test('a verified account is not removed', async () => {
  const { link, profile } = await newLink();
  await ask('POST', link);
  expect((await ask('POST', `${link}/reject`)).body).toMatchObject({ code: 409, error: 'EMAIL_ALREADY_VERIFIED' });
  const page = await ask('POST', `${link}/reject`, { headers: { ...HTML, ...FORM }, body: '' });
  expect(page.status).toBe(409);
  expect(page.text).toContain('<h1>Already verified</h1>');
  expect(await profile()).toMatchObject({ data: { is_email_verified: true } });
});
