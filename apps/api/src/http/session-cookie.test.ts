import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestClock, startTestServer, type TestServer } from '../testing.ts';

const clock = createTestClock();
const password = 'a long and quiet night';
const APP = 'http://localhost:5173';
const GRACE_IS_OVER_SECONDS = 11;

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ overrides: { clock } });
  await call('auth.register', { email: 'alice@example.com', username: 'alice', password }, {});
});
afterAll(() => server.close());

const call = async (path: string, input: unknown, headers: Record<string, string>) => {
  const answer = await fetch(new URL(path, `${server.url}/trpc/`), {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(input),
  });
  const { result, error } = JSON.parse(await answer.text());
  return { status: answer.status, data: result?.data, error: error?.data, cookies: answer.headers.getSetCookie() };
};

const inCookieMode = (cookie = '', origin = APP) => ({ 'x-moonlight-session': 'cookie', origin, cookie });
const login = async (headers: Record<string, string> = inCookieMode()) =>
  call('auth.login', { email: 'alice@example.com', password }, headers);
const tokenIn = (cookies: string[]) => /^moonlight_session=([^;]*)/.exec(cookies[0] ?? '')?.[1];
const loginWithCookie = async () => {
  const { data, cookies } = await login();
  return { accessToken: data.tokens.accessToken, cookie: `moonlight_session=${tokenIn(cookies)}` };
};

const NO_TOKEN_GIVEN = { error: 'VALIDATION_FAILED', details: [{ path: 'refreshToken' }] };
const CLEARED = ['moonlight_session=; Max-Age=0; Path=/; HttpOnly; SameSite=Strict'];

describe('in cookie mode', () => {
  test('the answer has the refresh token in an HttpOnly cookie and not in its body', async () => {
    const { data, cookies } = await login();
    expect(data.tokens).toMatchObject({ refreshToken: '', tokenType: 'bearer', expiresIn: 1800 });
    expect(cookies).toHaveLength(1);
    expect(cookies[0]).toMatch(/^moonlight_session=[\w-]{71}; Max-Age=604800; Path=\/; HttpOnly; SameSite=Strict$/);
  });

  test('a refresh takes the token from the cookie and sets its successor', async () => {
    const { cookie } = await loginWithCookie();
    const refreshed = await call('auth.refresh', {}, inCookieMode(`theme=dark; ${cookie}; other=1`));
    expect(refreshed).toMatchObject({ status: 200, data: { refreshToken: '' } });
    expect(tokenIn(refreshed.cookies)).not.toBe(cookie.split('=')[1]);
    const profile = await fetch(`${server.url}/trpc/account.profile`, {
      headers: { authorization: `Bearer ${refreshed.data.accessToken}` },
    });
    expect(profile.status).toBe(200);
  });

  test('a refused refresh clears the cookie', async () => {
    const { cookie } = await loginWithCookie();
    await call('auth.refresh', {}, inCookieMode(cookie));
    clock.advance(GRACE_IS_OVER_SECONDS);
    const refused = await call('auth.refresh', {}, inCookieMode(cookie));
    expect(refused).toMatchObject({ status: 401, error: { error: 'REFRESH_TOKEN_REUSED' }, cookies: CLEARED });
  });

  test('a logout needs only the cookie to end the session, and clears it', async () => {
    const { cookie } = await loginWithCookie();
    expect(await call('auth.logout', undefined, inCookieMode(cookie))).toMatchObject({
      status: 200,
      cookies: CLEARED,
    });
    const refused = await call('auth.refresh', {}, inCookieMode(cookie));
    expect(refused.error).toMatchObject({ error: 'REFRESH_TOKEN_INVALID' });
  });

  test('a logout with an expired access token and a cookie succeeds', async () => {
    const { cookie, accessToken } = await loginWithCookie();
    clock.advance(31 * 60);
    const headers = { ...inCookieMode(cookie), authorization: `Bearer ${accessToken}` };
    expect(await call('auth.logout', {}, headers)).toMatchObject({ status: 200, cookies: CLEARED });
  });

  test('the access token decides which session ends if the cookie belongs to a later login', async () => {
    const { accessToken } = await loginWithCookie();
    const { cookie } = await loginWithCookie();
    const headers = { ...inCookieMode(cookie), authorization: `Bearer ${accessToken}` };
    expect(await call('auth.logout', {}, headers)).toMatchObject({ status: 200, cookies: CLEARED });
    const again = await call('auth.logout', {}, { authorization: `Bearer ${accessToken}` });
    expect(again.error).toMatchObject({ error: 'TOKEN_INVALID' });
  });

  test('a token in the input wins over the cookie, and its successor is set in the cookie', async () => {
    const { data } = await login({});
    const { cookie } = await loginWithCookie();
    const { refreshToken } = data.tokens;
    const moved = await call('auth.refresh', { refreshToken }, inCookieMode(cookie));
    expect(moved).toMatchObject({ status: 200, data: { refreshToken: '' } });
    expect(tokenIn(moved.cookies)).toMatch(/^[\w-]{71}$/);
  });

  test('a refused token in the input does not clear the cookie', async () => {
    const { cookie } = await loginWithCookie();
    for (const path of ['auth.refresh', 'auth.logout'])
      expect(await call(path, { refreshToken: 'another' }, inCookieMode(cookie))).toMatchObject({
        status: 401,
        cookies: [],
      });
    expect(await call('auth.refresh', {}, inCookieMode(cookie))).toMatchObject({ status: 200 });
  });

  test('in a batch a new token is kept although another call is refused', async () => {
    const { cookie } = await loginWithCookie();
    await call('auth.logout', {}, inCookieMode(cookie));
    const inputs = { 0: {}, 1: { email: 'alice@example.com', password } };
    for (const [first, second] of [
      ['auth.refresh', 'auth.login'],
      ['auth.login', 'auth.refresh'],
    ] as const) {
      const answer = await fetch(`${server.url}/trpc/${first},${second}?batch=1`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...inCookieMode(cookie) },
        body: JSON.stringify(first === 'auth.refresh' ? inputs : { 0: inputs[1], 1: inputs[0] }),
      });
      expect(answer.status).toBe(207);
      expect(tokenIn(answer.headers.getSetCookie())).toMatch(/^[\w-]{71}$/);
    }
  });

  test('a password reset ends the session of the cookie', async () => {
    const { cookie } = await loginWithCookie();
    const email = 'alice@example.com';
    await call('auth.sendCode', { email, type: 'reset_password' }, {});
    const { code } = await server.lastMail('reset-code', email);
    const reset = await call('passwordReset.confirm', { newPassword: password, email, code }, inCookieMode(cookie));
    expect(reset.status).toBe(200);
    const refused = await call('auth.refresh', {}, inCookieMode(cookie));
    expect(refused).toMatchObject({ error: { error: 'REFRESH_TOKEN_INVALID' }, cookies: CLEARED });
  });

  test('a missing, empty or overlong cookie counts as no token', async () => {
    for (const cookie of ['', 'moonlight_session=', `moonlight_session=${'x'.repeat(600)}`, 'xmoonlight_session=a'])
      expect((await call('auth.refresh', {}, inCookieMode(cookie))).error).toMatchObject(NO_TOKEN_GIVEN);
  });

  test('unknown keys and wrong types are refused', async () => {
    const { cookie } = await loginWithCookie();
    for (const input of [{ extra: 1 }, [], 'text', 7])
      expect((await call('auth.refresh', input, inCookieMode(cookie))).error).toMatchObject({
        error: 'VALIDATION_FAILED',
      });
  });
});

describe('a cookie is used only if a page of an allowed origin requests the cookie mode', () => {
  test.each([
    ['a foreign origin', 'https://evil.example', ['https://evil.example', ' https://evil.example ']],
    ['a text that starts like our origin', 'http://localhost:5173.evil.example', ['this one', '此来源']],
    ['a page with the origin null', 'null', ['this one', '此来源']],
    ['an origin with a path', 'https://evil.example/x', ['this one', '此来源']],
    ['a long origin', `https://${'x.'.repeat(140)}example`, ['this one', '此来源']],
  ])('%s is refused and changes nothing', async (_who, origin, [named, inChinese]) => {
    const { cookie, accessToken } = await loginWithCookie();
    const refused = {
      status: 400,
      data: undefined,
      error: {
        error: 'VALIDATION_FAILED',
        code: 'BAD_REQUEST',
        httpStatus: 400,
        requestId: expect.any(String),
        details: [{ path: 'origin', message: `the cookie mode is for origins in CORS_ORIGINS: add ${named} there` }],
      },
      cookies: [],
    };
    const headers = inCookieMode(cookie, origin);
    const before = await server.deps.db.execute('select * from sessions order by id');
    const audited = await server.deps.db.execute('select id from audit_log order by id');
    expect(await login(headers)).toEqual(refused);
    expect(await call('auth.refresh', {}, headers)).toEqual(refused);
    expect(await call('auth.logout', {}, { ...headers, authorization: `Bearer ${accessToken}` })).toEqual(refused);
    const batch = await call('auth.refresh,auth.logout?batch=1', { 0: {}, 1: {} }, headers);
    expect(batch).toEqual(refused);
    expect((await server.deps.db.execute('select * from sessions order by id')).rows).toEqual(before.rows);
    expect((await server.deps.db.execute('select id from audit_log order by id')).rows).toEqual(audited.rows);
    const chinese = await call('auth.refresh', {}, { ...headers, 'accept-language': 'zh-CN' });
    expect(chinese.error.details).toEqual([
      { path: 'origin', message: `Cookie 模式仅限 CORS_ORIGINS 中的来源使用，请将${inChinese}加入其中` },
    ]);
    expect((await call('auth.refresh', {}, inCookieMode(cookie))).status).toBe(200);
  });

  test('a request without an origin is answered as if it had neither header nor cookie', async () => {
    const { cookie } = await loginWithCookie();
    const headers = { 'x-moonlight-session': 'cookie', cookie };
    expect(await call('auth.refresh', {}, headers)).toMatchObject({ status: 400, error: NO_TOKEN_GIVEN, cookies: [] });
    expect((await call('auth.logout', {}, headers)).error).toMatchObject({ error: 'MISSING_TOKEN' });
    expect((await call('auth.refresh', {}, inCookieMode(cookie))).status).toBe(200);
  });

  test('without the header the token is in the body, and the cookie is ignored', async () => {
    const { cookie } = await loginWithCookie();
    expect(await call('auth.refresh', {}, { origin: APP, cookie })).toMatchObject({
      error: NO_TOKEN_GIVEN,
      cookies: [],
    });
    const { data, cookies } = await login({ origin: APP });
    expect([data.tokens.refreshToken.length, cookies]).toEqual([71, []]);
  });

  test('a preflight for the header is allowed for allowed origins only', async () => {
    const preflight = async (origin: string) => {
      const answer = await fetch(`${server.url}/trpc/auth.refresh`, {
        method: 'OPTIONS',
        headers: {
          origin,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'content-type,x-moonlight-session',
        },
      });
      const allowed = (name: string) => answer.headers.get(`access-control-allow-${name}`);
      return [allowed('origin'), allowed('credentials'), allowed('headers')];
    };
    expect(await preflight(APP)).toEqual([APP, 'true', 'content-type,x-moonlight-session']);
    expect((await preflight('https://evil.example'))[0]).toBeNull();
  });
});

test.each([
  ['if PUBLIC_URL is https', { PUBLIC_URL: 'https://api.example.com' }],
  [
    'in production',
    { APP_ENV: 'production', MAIL_SERVER: 'localhost', TRUST_PROXY: '127.0.0.1', PUBLIC_URL_ALLOW_HTTP: 'true' },
  ],
])('%s the cookie is __Host- and Secure', async (_where, env) => {
  const https = await startTestServer({ env: { FRONTEND_URL: 'https://app.example.com', ...env } });
  const origin = 'https://app.example.com';
  const at = (path: string) => `${https.url}/trpc/${path}`;
  await call(at('auth.register'), { email: 'bob@example.com', username: 'bobby', password }, {});
  const { cookies } = await call(at('auth.login'), { email: 'bob@example.com', password }, inCookieMode('', origin));
  expect(cookies[0]).toMatch(
    /^__Host-moonlight_session=[\w-]{71}; Max-Age=604800; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
  );
  const cookie = cookies[0]?.split(';')[0] ?? '';
  expect((await call(at('auth.refresh'), {}, inCookieMode(cookie, origin))).status).toBe(200);
  await https.close();
});
