import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask, createAccount, createTestClock, PASSWORD, startTestServer, type TestServer } from '../testing.ts';

const clock = createTestClock();
let server: TestServer;
let v1: string;

beforeAll(async () => {
  server = await startTestServer({ env: { CAPTCHA_PROVIDER: 'none' }, overrides: { clock } });
  v1 = `${server.url}/api/v1/auth`;
});
afterAll(() => server.close());

const FORM = 'application/x-www-form-urlencoded';

const anyUser = {
  id: expect.stringMatching(/^[0-9a-f-]{36}$/),
  is_active: true,
  is_email_verified: false,
  email_verified_at: null,
  locale: 'en',
  created_at: expect.stringMatching(/Z$/),
  updated_at: expect.stringMatching(/Z$/),
};
const anyTokens = {
  access_token: expect.any(String),
  refresh_token: expect.any(String),
  token_type: 'bearer',
  expires_in: 1800,
};
const errorBody = (status: number, error: string, message: unknown) => ({
  code: status,
  message,
  error,
  request_id: expect.any(String),
});

describe('a success', () => {
  test('has one envelope in snake_case; registering is 201, and a login also has a top-level token', async () => {
    const email = 'First@example.com';
    const registered = await ask('POST', `${v1}/register`, { body: { email, username: 'first', password: PASSWORD } });
    expect(registered.status).toBe(201);
    expect(registered.body).toEqual({
      code: 0,
      message: 'user created, verification email sent',
      data: { user: { ...anyUser, email, username: 'first' }, tokens: null },
    });
    const { status, body, text } = await ask('POST', `${v1}/login`, { body: { email, password: PASSWORD } });
    expect(status).toBe(200);
    expect(body).toEqual({
      code: 0,
      message: 'login successful',
      token: expect.any(String),
      data: { user: { ...anyUser, email, username: 'first' }, tokens: anyTokens },
    });
    const { token, data } = JSON.parse(text);
    expect(token).toBe(data.tokens.access_token);
  });

  test('of a registration with a code has tokens and its own message', async () => {
    const email = 'coded@example.com';
    await ask('POST', `${v1}/send-code`, { body: { email, type: 'register' } });
    const { code } = await server.lastMail('verification-code', email);
    const { status, body } = await ask('POST', `${v1}/register`, {
      body: { email, username: 'coded', password: PASSWORD, code, locale: 'zh-CN' },
      headers: { 'accept-language': 'zh-TW, en;q=0.5' },
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      code: 0,
      message: '注册成功',
      data: { user: { locale: 'zh-CN' }, tokens: anyTokens },
    });
  });

  test('is the same for aliases, both prefixes and trailing slashes', async () => {
    const { accessToken: token, email } = await createAccount(server.url);
    const v0 = `${server.url}/api/auth`;
    const profiles = await Promise.all(
      [`${v1}/profile`, `${v1}/profile/`, `${v0}/profile`, `${v0}/profile/?page=1`].map((url) =>
        ask('GET', url, { token }),
      ),
    );
    for (const { status, body } of profiles) {
      expect(status).toBe(200);
      expect(body).toMatchObject({ code: 0, message: 'success', data: { email } });
    }
    const aliases = [
      ['/refresh', '/token/refresh', { refresh_token: 'x' }, 'REFRESH_TOKEN_INVALID'],
      ['/password/reset', '/reset-password', { token: 'x', new_password: PASSWORD }, 'LINK_INVALID'],
      ['/email/verify/x', '/verify/x', undefined, 'LINK_INVALID'],
    ] as const;
    for (const [first, second, body, error] of aliases) {
      for (const url of [`${v1}${first}`, `${v1}${second}/`, `${v0}${first}/`, `${v0}${second}`])
        expect((await ask('POST', url, { body })).body).toMatchObject({ error });
    }
  });

  test('of a logout needs no body; an empty body with a content type is allowed', async () => {
    for (const body of [undefined, '', '{}']) {
      const { accessToken: token } = await createAccount(server.url);
      const answer = await ask('POST', `${v1}/logout`, { token, body });
      expect(answer.body).toEqual({ code: 0, message: 'logged out', data: null });
      expect((await ask('GET', `${v1}/profile`, { token })).body).toMatchObject({ error: 'TOKEN_INVALID' });
    }
  });

  test('lists sessions and ends them', async () => {
    const { accessToken: token, email } = await createAccount(server.url);
    await ask('POST', `${v1}/login`, { body: { email, password: PASSWORD } });
    const list = await ask('GET', `${v1}/sessions`, { token });
    expect(list.body).toMatchObject({ code: 0, data: [{ user_agent: 'node', ip: '127.0.0.1' }, {}] });
    const other = JSON.parse(list.text).data.find((session: { current: boolean }) => !session.current);
    const ended = await ask('DELETE', `${v1}/sessions/${other.id}`, { token });
    expect(ended.body).toEqual({ code: 0, message: 'session ended', data: null });
    const rest = await ask('DELETE', `${v1}/sessions/`, { token, body: '' });
    expect(rest.body).toEqual({ code: 0, message: 'success', data: { revoked: 0 } });
  });
});

describe('an error', () => {
  test('names unknown keys, camelCase included, and spells fields in snake_case', async () => {
    const body = { newPassword: PASSWORD, new_password: 'short', token: 'x', 'a.b_c': 1, Odd_Key: 1 };
    const { status, body: answer } = await ask('POST', `${v1}/password/reset`, { body });
    expect(status).toBe(400);
    expect(answer).toEqual({
      ...errorBody(400, 'VALIDATION_FAILED', 'Invalid input'),
      details: [
        { path: 'new_password', message: '8 to 128 characters' },
        { path: 'newPassword', message: 'unknown field' },
        { path: 'a.b_c', message: 'unknown field' },
        { path: 'Odd_Key', message: 'unknown field' },
      ],
    });
  });

  test('with status 401 has WWW-Authenticate; every answer has a request id', async () => {
    const { status, headers, body } = await ask('GET', `${v1}/profile`, { headers: { 'x-request-id': 'my.id-1' } });
    expect(status).toBe(401);
    expect(body).toEqual({ ...errorBody(401, 'MISSING_TOKEN', 'Missing token'), request_id: 'my.id-1' });
    expect(headers.get('www-authenticate')).toBe('Bearer');
    expect(headers.get('x-request-id')).toBe('my.id-1');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-powered-by')).toBeNull();
  });

  test('of a limit says how long to wait, in the body and in the header', async () => {
    const body = { email: 'limited@example.com', type: 'register' };
    await ask('POST', `${v1}/send-code`, { body });
    const {
      status,
      headers,
      body: answer,
    } = await ask('POST', `${v1}/send-code`, {
      body,
      headers: { 'accept-language': 'zh' },
    });
    expect(status).toBe(429);
    expect(answer).toEqual({ ...errorBody(429, 'RATE_LIMITED', '请求过于频繁'), retry_after: 60 });
    expect(headers.get('retry-after')).toBe('60');
  });

  test('of a wrong method lists the allowed ones, even if the body is invalid', async () => {
    for (const [method, path, allow] of [
      ['PUT', '/profile', 'GET, HEAD'],
      ['DELETE', '/login/', 'POST'],
      ['GET', '/sessions/1', 'DELETE'],
      ['PATCH', '/verify/x', 'GET, HEAD, POST'],
      ['PROPFIND', '/profile', 'GET, HEAD'],
      ['PURGE', '/login', 'POST'],
    ] as const) {
      const { status, headers, body } = await ask(method, `${v1}${path}`, method === 'GET' ? {} : { body: '{"a":' });
      expect(status).toBe(405);
      expect(headers.get('allow')?.split(', ').toSorted().join(', ')).toBe(allow);
      expect(body).toEqual(errorBody(405, 'METHOD_NOT_ALLOWED', 'method not allowed'));
    }
  });

  test.each([
    { what: 'an unknown path', method: 'GET', path: '/nothing', status: 404, error: 'NOT_FOUND' },
    { what: 'malformed JSON', body: '{"email":', status: 400, error: 'VALIDATION_FAILED' },
    { what: 'a poisoned prototype', body: '{"__proto__":{"email":"a@b.co"}}', status: 400, error: 'VALIDATION_FAILED' },
    { what: 'another content type', body: '<a/>', type: 'text/xml', status: 415, error: 'UNSUPPORTED_MEDIA_TYPE' },
    { what: 'a form', body: 'a=1', type: FORM, status: 415, error: 'UNSUPPORTED_MEDIA_TYPE' },
    { what: 'a body that is too large', body: { email: 'a'.repeat(70_000) }, status: 413, error: 'PAYLOAD_TOO_LARGE' },
    {
      what: 'a path that cannot be decoded',
      method: 'GET',
      path: '/verify/%ff',
      status: 400,
      error: 'VALIDATION_FAILED',
    },
  ])('$what: the same shape', async ({ method = 'POST', path = '/login', body, type, status, error }) => {
    const headers = type === undefined ? {} : { 'content-type': type };
    const answer = await ask(method, `${v1}${path}`, { body, headers });
    expect(answer.status).toBe(status);
    expect(answer.body).toEqual(errorBody(status, error, expect.any(String)));
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('x-request-id')).not.toBeNull();
  });

  test.each([
    { what: 'a request that is not HTTP', sent: 'hello\r\n\r\n', status: 400, error: 'VALIDATION_FAILED' },
    {
      what: 'overlong headers',
      sent: `GET /${'a'.repeat(20_000)} HTTP/1.1\r\n\r\n`,
      status: 413,
      error: 'PAYLOAD_TOO_LARGE',
    },
    {
      what: 'a request without a Host header',
      sent: 'GET /api/v1/auth/profile HTTP/1.1\r\nconnection: close\r\n\r\n',
      status: 400,
      error: 'VALIDATION_FAILED',
    },
    {
      what: 'an unknown Expect header, which is ignored, and no token',
      sent: 'GET /api/v1/auth/profile HTTP/1.1\r\nhost: a\r\nexpect: bananas\r\nconnection: close\r\n\r\n',
      status: 401,
      error: 'MISSING_TOKEN',
    },
  ])('$what: the same shape', async ({ sent, status, error }) => {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1').setEncoding('utf8');
    socket.write(sent);
    const [head = '', body = ''] = (await socket.toArray()).join('').split('\r\n\r\n');
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(JSON.parse(body)).toEqual(errorBody(status, error, expect.any(String)));
  });

  test('an OPTIONS request that is not a preflight is 204 without a body', async () => {
    const { status, text } = await ask('OPTIONS', `${v1}/profile`);
    expect({ status, text }).toEqual({ status: 204, text: '' });
  });

  test('TRACE is refused like any other method', async () => {
    const request = httpRequest(`${v1}/profile`, { method: 'TRACE' }).end();
    const [answer] = await once(request, 'response');
    answer.resume();
    expect(answer.statusCode).toBe(405);
  });
});
