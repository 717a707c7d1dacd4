import { createTestClock, PASSWORD, startTestServer, type TestServer } from '@moonlight/api/testing';
import { solveAltcha } from '@moonlight/auth/testing';
import document from '@moonlight/rest/openapi.json' with { type: 'json' };
import createClient, { type Middleware } from 'openapi-fetch';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { paths } from './api.gen.ts';
import { answerProblems } from './validate-answer.ts';

const clock = createTestClock();
const email = 'Generated@example.com';
let server: TestServer;
const called = new Set<string>();
const problems: string[] = [];

const remember: Middleware = {
  onRequest: ({ request, schemaPath }) => {
    called.add(`${request.method.toLowerCase()} ${schemaPath}`);
    return undefined;
  },
  onResponse: async ({ request: { method }, response, schemaPath: path }) => {
    problems.push(...answerProblems({ method, path, status: response.status }, await response.clone().json()));
    return undefined;
  },
};

beforeAll(async () => {
  server = await startTestServer({ overrides: { clock } });
});
afterAll(() => server.close());

const createApi = (token?: string) => {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const client = createClient<paths, 'application/json'>({ baseUrl: server.url, headers });
  client.use(remember);
  return client;
};

const tokenOf = async (kind: 'verification-link' | 'reset-link'): Promise<string> => {
  const { url } = await server.lastMail(kind, email);
  return new URL(url).searchParams.get('token') ?? '';
};

test('a generated client calls every operation, and each answers as the document says', async () => {
  const open = createApi();
  expect((await open.GET('/health')).data).toEqual({ status: 'healthy' });
  expect((await open.GET('/health/ready')).data).toEqual({ status: 'ready' });

  // Registering by link, and verifying at every door.
  const unknown = await open.POST('/api/v1/auth/check-email', { body: { email } });
  expect(unknown.data?.data.exists).toBe(false);
  const registered = await open.POST('/api/v1/auth/register', {
    body: { email, username: 'generated', password: PASSWORD },
  });
  expect(registered.data?.data.tokens).toBeNull();
  const taken = await open.POST('/api/v1/auth/register', {
    body: { email, username: 'generated', password: PASSWORD },
  });
  expect(taken.error?.error).toBe('EMAIL_TAKEN');
  const login = await open.POST('/api/v1/auth/login', { body: { email, password: PASSWORD } });
  expect((await open.GET('/.well-known/jwks.json')).data?.keys).toHaveLength(1);

  const own = createApi(login.data?.token);
  const profile = await own.GET('/api/v1/auth/profile');
  expect(profile.data?.data.email_verified_at).toBeNull();
  clock.advance(60);
  expect((await own.POST('/api/v1/auth/email/verify/send')).data?.data.email).toBe(email);
  const link = { params: { path: { token: await tokenOf('verification-link') } } };
  const statuses = [
    await open.GET('/api/v1/auth/verify/{token}', link),
    await open.POST('/api/v1/auth/verify/{token}', link),
    await open.GET('/api/v1/auth/email/verify/{token}', link),
    await open.POST('/api/v1/auth/email/verify/{token}', link),
  ].map(({ data }) => data?.data.status);
  expect(statuses).toEqual(['verified', 'already_verified', 'already_verified', 'already_verified']);

  // Registering by code.
  const coded = { email: 'coded@example.com', type: 'register' } as const;
  expect((await open.POST('/api/v1/auth/send-code', { body: coded })).data?.data.expires_in).toBe(600);
  const { code } = await server.lastMail('verification-code', coded.email);
  expect((await open.POST('/api/v1/auth/verify-code', { body: { ...coded, code } })).data?.data.valid).toBe(true);
  const withCode = await open.POST('/api/v1/auth/register', {
    body: { email: coded.email, username: 'coded', password: PASSWORD, code },
  });
  expect(withCode.data?.data.tokens?.token_type).toBe('bearer');

  // Sessions.
  const first = await open.POST('/api/v1/auth/refresh', {
    body: { refresh_token: login.data?.data.tokens.refresh_token ?? '' },
  });
  const second = await open.POST('/api/v1/auth/token/refresh', {
    body: { refresh_token: first.data?.data.refresh_token ?? '' },
  });
  expect(second.data?.data.expires_in).toBe(1800);
  for (let count = 0; count < 2; count += 1)
    await open.POST('/api/v1/auth/login', { body: { email, password: PASSWORD } });
  const sessions = await own.GET('/api/v1/auth/sessions');
  const id = sessions.data?.data.find(({ current }) => !current)?.id ?? '';
  const ended = await own.DELETE('/api/v1/auth/sessions/{id}', { params: { path: { id } } });
  expect(ended.data).toEqual({ code: 0, message: 'session ended', data: null });
  expect((await own.DELETE('/api/v1/auth/sessions')).data?.data.revoked).toBe(1);

  // Passwords.
  const changed = await own.POST('/api/v1/auth/password/change', {
    body: { current_password: PASSWORD, new_password: `${PASSWORD} 2` },
  });
  expect(changed.data?.message).toBe('password changed');
  const challenge = await open.GET('/api/v1/auth/captcha/challenge');
  const captcha = await solveAltcha(challenge.data);
  const sent = await open.POST('/api/v1/auth/password/reset/send', { body: { email, captcha } });
  expect(sent.data?.data.retry_after).toBe(60);
  const reset = { token: await tokenOf('reset-link'), new_password: PASSWORD };
  expect((await open.POST('/api/v1/auth/password/reset', { body: reset })).data?.message).toBe(
    'password reset successful',
  );
  const again = await open.POST('/api/v1/auth/reset-password', { body: reset });
  expect(again.error?.error).toBe('LINK_USED');

  const last = await open.POST('/api/v1/auth/login', { body: { email, password: PASSWORD } });
  expect((await createApi(last.data?.token).POST('/api/v1/auth/logout')).data?.message).toBe('logged out');

  const described = Object.entries<object>(document.paths).flatMap(([path, item]) =>
    Object.keys(item).map((method) => `${method} ${path}`),
  );
  expect([...called].toSorted()).toEqual(described.toSorted());
  expect(problems).toEqual([]);
});
