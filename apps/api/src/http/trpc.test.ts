import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  ask,
  createAccount,
  createTestClock,
  mutate,
  PASSWORD,
  query,
  startTestServer,
  type TestServer,
} from '../testing.ts';

const clock = createTestClock();
let server: TestServer;
let trpc: string;

beforeAll(async () => {
  server = await startTestServer({ env: { CAPTCHA_PROVIDER: 'none' }, overrides: { clock } });
  trpc = `${server.url}/trpc`;
});
afterAll(() => server.close());

const CHINESE = { 'accept-language': 'fr, zh-CN;q=0.8' };
const names = () => ({ email: `t${Math.trunc(performance.now() * 1000)}@example.com` });

describe('a success', () => {
  test('is plain JSON with ISO times; registering is 201', async () => {
    const input = { email: 'First@example.com', username: 'first', password: PASSWORD };
    const { status, data } = await mutate(server.url, 'auth.register', { input });
    expect(status).toBe(201);
    const now = clock.now().toISOString();
    expect(data).toEqual({
      user: {
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        email: 'First@example.com',
        username: 'first',
        isActive: true,
        isEmailVerified: false,
        emailVerifiedAt: null,
        locale: 'en',
        createdAt: now,
        updatedAt: now,
      },
      tokens: null,
    });
  });

  test('shows the same account as REST', async () => {
    const { accessToken: token } = await createAccount(server.url);
    const { data } = await query(server.url, 'account.profile', { token });
    const rest = await ask('GET', `${server.url}/api/v1/auth/profile`, { token });
    const camel = JSON.parse(rest.text.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()));
    expect({ ...camel.data, username: '' }).toEqual({ ...Object(data), username: '' });
  });

  test('of a registration takes the language of the request', async () => {
    const input = { email: 'zh@example.com', username: 'zhang', password: PASSWORD };
    const { data } = await mutate(server.url, 'auth.register', { input, headers: CHINESE });
    expect(data).toMatchObject({ user: { locale: 'zh-CN' } });
  });

  test('has a request id and must not be cached, as an error', async () => {
    const answers = [
      await query(server.url, 'account.profile', { headers: { 'x-request-id': 'My.id_1-2' } }),
      await query(server.url, 'account.profile', { headers: { 'x-request-id': 'x'.repeat(65) } }),
      await query(server.url, 'account.profile', { headers: { 'x-request-id': 'a b' } }),
    ];
    const ids = answers.map(({ headers }) => headers.get('x-request-id'));
    expect(ids[0]).toBe('My.id_1-2');
    for (const id of ids.slice(1)) expect(id).toMatch(/^[0-9a-f-]{36}$/);
    for (const { headers, error } of answers) {
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('x-powered-by')).toBeNull();
      expect(error?.data['requestId']).toBe(headers.get('x-request-id'));
    }
  });
});

describe('an error', () => {
  test('has tRPC’s shape with our code and the request id, and nothing else', async () => {
    const { status, headers, text, error } = await query(server.url, 'account.profile');
    expect(status).toBe(401);
    expect(headers.get('www-authenticate')).toBe('Bearer');
    expect(JSON.parse(text)).toEqual({
      error: {
        message: 'Missing token',
        code: -32001,
        data: {
          code: 'UNAUTHORIZED',
          httpStatus: 401,
          path: 'account.profile',
          error: 'MISSING_TOKEN',
          requestId: error?.data['requestId'],
        },
      },
    });
  });

  test('has a message and details in the language of Accept-Language, and the same code', async () => {
    const input = { email: 'nobody', username: '1', password: 'short', extra: 1 };
    const { status, error } = await mutate(server.url, 'auth.register', { input, headers: CHINESE });
    expect(status).toBe(400);
    expect(error).toMatchObject({
      message: '数据验证失败',
      data: {
        error: 'VALIDATION_FAILED',
        details: [
          { path: 'email', message: '须为有效的邮箱地址' },
          { path: 'username', message: '须以字母开头，后接 2 到 19 个字母、数字或下划线' },
          { path: 'password', message: '须为 8 到 128 个字符' },
          { path: 'extra', message: '未知字段' },
        ],
      },
    });
  });

  test('of a limit says how long to wait, in the data and in the header', async () => {
    const input = { ...names(), type: 'register' };
    await mutate(server.url, 'auth.sendCode', { input });
    const { status, headers, error } = await mutate(server.url, 'auth.sendCode', { input });
    expect(status).toBe(429);
    expect(headers.get('retry-after')).toBe('60');
    expect(error?.data).toMatchObject({ error: 'RATE_LIMITED', retryAfter: 60 });
  });

  test('has the status of the catalogue', async () => {
    const { email } = await createAccount(server.url);
    const taken = await mutate(server.url, 'auth.register', {
      input: { email, username: 'other', password: PASSWORD },
    });
    expect([taken.status, taken.error?.data.error, taken.error?.message]).toEqual([
      409,
      'EMAIL_TAKEN',
      'user already exists',
    ]);
    const invalid = await mutate(server.url, 'auth.refresh', { input: { refreshToken: 'x' } });
    expect([invalid.status, invalid.error?.data.error]).toEqual([401, 'REFRESH_TOKEN_INVALID']);
    const link = await mutate(server.url, 'emailVerification.confirm', { input: { token: 'x' } });
    expect([link.status, link.error?.data.error]).toEqual([400, 'LINK_INVALID']);
  });

  test.each([
    [undefined, 'MISSING_TOKEN'],
    ['', 'MISSING_TOKEN'],
    ['Bearer', 'MISSING_TOKEN'],
    ['Bearer    ', 'MISSING_TOKEN'],
    ['Basic dXNlcjpwYXNz', 'MISSING_TOKEN'],
    ['Bearer x', 'TOKEN_INVALID'],
    ['bearer x y', 'TOKEN_INVALID'],
    [`Bearer ${'A'.repeat(8000)}`, 'TOKEN_INVALID'],
  ])('Authorization: %s', async (authorization, error) => {
    const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
    const answer = await query(server.url, 'account.profile', { headers });
    expect([answer.status, answer.error?.data.error]).toEqual([401, error]);
  });

  test('without a token says nothing about the input', async () => {
    const answer = await mutate(server.url, 'account.changePassword', { input: { wrong: 1 } });
    expect(answer.error?.data.error).toBe('MISSING_TOKEN');
  });

  test('for an access token sent as refresh token is REFRESH_TOKEN_INVALID', async () => {
    const { accessToken } = await createAccount(server.url);
    const answer = await mutate(server.url, 'auth.refresh', { input: { refreshToken: accessToken } });
    expect(answer.error?.data.error).toBe('REFRESH_TOKEN_INVALID');
  });
});

describe('a logout', () => {
  const profile = async (token: string) => (await query(server.url, 'account.profile', { token })).status;
  const logout = async (options: Parameters<typeof mutate>[2]) => mutate(server.url, 'auth.logout', options);

  test('with an expired access token uses the refresh token', async () => {
    const { accessToken: token, refreshToken } = await createAccount(server.url);
    clock.advance(1801);
    expect((await logout({ token })).error?.data.error).toBe('TOKEN_EXPIRED');
    expect((await logout({ token, input: { refreshToken } })).status).toBe(200);
    expect((await logout({ token, input: { refreshToken } })).error?.data.error).toBe('REFRESH_TOKEN_INVALID');
  });

  test('with a valid access token and the refresh token of another session ends neither', async () => {
    const [mine, other] = [await createAccount(server.url), await createAccount(server.url)];
    const input = { refreshToken: other.refreshToken };
    expect((await logout({ token: mine.accessToken, input })).error?.data.error).toBe('REFRESH_TOKEN_INVALID');
    expect([await profile(mine.accessToken), await profile(other.accessToken)]).toEqual([200, 200]);
    expect((await ask('POST', `${trpc}/auth.logout`, { token: mine.accessToken, body: '' })).status).toBe(200);
    expect(await profile(mine.accessToken)).toBe(401);
  });

  test('with neither token is MISSING_TOKEN', async () => {
    expect((await logout({})).error?.data.error).toBe('MISSING_TOKEN');
  });
});
