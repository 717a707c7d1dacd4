import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestClock, startTestServer, type TestServer } from '../testing.ts';

const clock = createTestClock();
const APP = 'http://localhost:5173';
const inCookieMode = (cookie = '', origin = APP) => ({ 'x-moonlight-session': 'cookie', origin, cookie });
const CLEARED = ['moonlight_session=; Max-Age=0; Path=/; HttpOnly; SameSite=Strict'];
const alice = { email: 'alice@example.com', password: 'a long and quiet night' };

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ overrides: { clock } });
  await call('auth.register', { ...alice, username: 'alice' });
});
afterAll(() => server.close());

const call = async (path: string, input: unknown, headers: Record<string, string> = {}) => {
  const answer = await fetch(new URL(path, `${server.url}/trpc/`), {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    ...(input === undefined ? {} : { body: JSON.stringify(input) }),
  });
  const { result, error } = JSON.parse(await answer.text());
  return { status: answer.status, data: result?.data, error: error?.data, cookies: answer.headers.getSetCookie() };
};
const restore = (headers?: Record<string, string>) => call('sessions.restore', undefined, headers);
const loginCookie = async () => {
  const { cookies } = await call('auth.login', alice, inCookieMode());
  return (cookies[0] ?? '').split(';', 1)[0] ?? '';
};

const NO_SESSION = { status: 200, data: null, cookies: [] };

test('a visitor without a cookie has no session, which is no error', async () => {
  expect(await restore(inCookieMode())).toMatchObject(NO_SESSION);
  expect(await restore(inCookieMode('theme=dark; moonlight_session='))).toMatchObject(NO_SESSION);
});

test('a live cookie restores the session: new tokens, and the successor in the cookie', async () => {
  const cookie = await loginCookie();
  const { status, data, cookies } = await restore(inCookieMode(cookie));
  expect([status, data]).toMatchObject([200, { refreshToken: '', tokenType: 'bearer', expiresIn: 1800 }]);
  expect(cookies[0]).toMatch(/^moonlight_session=[\w-]{71}; Max-Age=604800; Path=\/; HttpOnly; SameSite=Strict$/);
  expect(cookies[0]).not.toContain(cookie);
  const authorization = `Bearer ${data.accessToken}`;
  expect((await fetch(`${server.url}/trpc/account.profile`, { headers: { authorization } })).status).toBe(200);
});

test('a garbage, an ended, an expired and a reused cookie have no session, and are cleared', async () => {
  const noLonger = { status: 200, data: null, cookies: CLEARED };
  expect(await restore(inCookieMode('moonlight_session=garbage'))).toMatchObject(noLonger);
  const ended = await loginCookie();
  await call('auth.logout', undefined, inCookieMode(ended));
  expect(await restore(inCookieMode(ended))).toMatchObject(noLonger);
  const reused = await loginCookie();
  await restore(inCookieMode(reused));
  clock.advance(11);
  expect(await restore(inCookieMode(reused))).toMatchObject(noLonger);
  const expired = await loginCookie();
  clock.advance(8 * 86_400);
  expect(await restore(inCookieMode(expired))).toMatchObject(noLonger);
});

test('outside of the cookie mode the answer is always null, and a cookie is not used', async () => {
  const cookie = await loginCookie();
  for (const headers of [{}, { cookie }, { cookie, origin: APP }, { cookie, 'x-moonlight-session': 'cookie' }])
    expect(await restore(headers)).toMatchObject(NO_SESSION);
  expect((await restore(inCookieMode(cookie))).data).toMatchObject({ tokenType: 'bearer' });
});

test('a page of another origin is refused, and the session of the cookie is not touched', async () => {
  const cookie = await loginCookie();
  const refused = await restore(inCookieMode(cookie, 'https://evil.example'));
  expect(refused).toMatchObject({ status: 400, error: { error: 'VALIDATION_FAILED' }, cookies: [] });
  expect((await restore(inCookieMode(cookie))).data).toMatchObject({ tokenType: 'bearer' });
});

test('a disabled account is an error, and its cookie is kept', async () => {
  const cookie = await loginCookie();
  await server.deps.db.$client.query('update users set is_active = false');
  const disabled = await restore(inCookieMode(cookie));
  expect(disabled).toMatchObject({ status: 403, error: { error: 'ACCOUNT_DISABLED' }, cookies: [] });
  await server.deps.db.$client.query('update users set is_active = true');
  expect((await restore(inCookieMode(cookie))).data).toMatchObject({ tokenType: 'bearer' });
});
