import { createTestClock, PASSWORD, startTestServer, type TestServer } from '@moonlight/api/testing';
import { solveAltcha } from '@moonlight/auth/testing';
import document from '@moonlight/rest/openapi.json' with { type: 'json' };
import { Ajv2020 } from 'ajv/dist/2020.js';
import createClient, { type Middleware } from 'openapi-fetch';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { paths } from './api.gen.ts';

const pointer = (...names: readonly string[]): string =>
  names.map((name) => encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/');

// OpenAPI 3.1 uses JSON Schema 2020-12 with additional keywords.
const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
ajv.addSchema(document, 'openapi');

/** The differences between an answer and its schema in the document. */
const answerProblems = (
  { method, path, status }: { method: string; path: string; status: number },
  body: unknown,
): string[] => {
  const at = pointer('paths', path, method.toLowerCase(), 'responses', String(status), 'content', 'application/json');
  const name = `${method} ${path} ${status}`;
  try {
    const isValid = ajv.validate({ $ref: `openapi#/${at}/schema` }, body);
    return isValid ? [] : [`${name}: ${ajv.errorsText()}`];
  } catch (error) {
    return [`${name}: ${String(error)}`];
  }
};

const clock = createTestClock();
const email = 'Generated@example.com';
let server: TestServer;
const called = new Set<string>();
const problems: string[] = [];

const record: Middleware = {
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
  client.use(record);
  return client;
};

const tokenOf = async (kind: 'verification-link' | 'reset-link'): Promise<string> => {
  const { url } = await server.lastMail(kind, email);
  return new URL(url).searchParams.get('token') ?? '';
};

test('a generated client calls every operation, and every answer matches the document', async () => {
  const anonymous = createApi();
  expect((await anonymous.GET('/health')).data).toEqual({ status: 'healthy' });
  expect((await anonymous.GET('/health/ready')).data).toEqual({ status: 'ready' });

  // Registration with a link, which is verified on every path.
  const unknown = await anonymous.POST('/api/v1/auth/check-email', { body: { email } });
  expect(unknown.data?.data.exists).toBe(false);
  const registered = await anonymous.POST('/api/v1/auth/register', {
    body: { email, username: 'generated', password: PASSWORD },
  });
  expect(registered.data?.data.tokens).toBeNull();
  const taken = await anonymous.POST('/api/v1/auth/register', {
    body: { email, username: 'generated', password: PASSWORD },
  });
  expect(taken.error?.error).toBe('EMAIL_TAKEN');
  const login = await anonymous.POST('/api/v1/auth/login', { body: { email, password: PASSWORD } });
  expect((await anonymous.GET('/.well-known/jwks.json')).data?.keys).toHaveLength(1);
  const metadata = await anonymous.GET('/.well-known/oauth-authorization-server');
  expect(metadata.data?.issuer).toBe(server.url);
  expect((await anonymous.GET('/.well-known/openid-configuration')).data).toEqual(metadata.data);

  const loggedIn = createApi(login.data?.token);
  const profile = await loggedIn.GET('/api/v1/auth/profile');
  expect(profile.data?.data.email_verified_at).toBeNull();
  clock.advance(60);
  expect((await loggedIn.POST('/api/v1/auth/email/verify/send')).data?.data.email).toBe(email);
  const link = { params: { path: { token: await tokenOf('verification-link') } } };
  const statuses = [
    await anonymous.GET('/api/v1/auth/verify/{token}', link),
    await anonymous.POST('/api/v1/auth/verify/{token}', link),
    await anonymous.GET('/api/v1/auth/email/verify/{token}', link),
    await anonymous.POST('/api/v1/auth/email/verify/{token}', link),
  ].map(({ data }) => data?.data.status);
  expect(statuses).toEqual(['verified', 'already_verified', 'already_verified', 'already_verified']);
  const rejected = [
    await anonymous.POST('/api/v1/auth/email/verify/{token}/reject', link),
    await anonymous.POST('/api/v1/auth/verify/{token}/reject', link),
  ].map(({ error }) => error?.error);
  expect(rejected).toEqual(['EMAIL_ALREADY_VERIFIED', 'EMAIL_ALREADY_VERIFIED']);
  const resent = await anonymous.POST('/api/v1/auth/email/verify/resend', { body: { email } });
  expect(resent.error?.error).toBe('EMAIL_ALREADY_VERIFIED');

  // Registration with a code.
  const coded = { email: 'coded@example.com', type: 'register' } as const;
  expect((await anonymous.POST('/api/v1/auth/send-code', { body: coded })).data?.data.expires_in).toBe(600);
  const { code } = await server.lastMail('verification-code', coded.email);
  expect((await anonymous.POST('/api/v1/auth/verify-code', { body: { ...coded, code } })).data?.data.valid).toBe(true);
  const withCode = await anonymous.POST('/api/v1/auth/register', {
    body: { email: coded.email, username: 'coded', password: PASSWORD, code },
  });
  expect(withCode.data?.data.tokens?.token_type).toBe('bearer');

  // Sessions.
  const first = await anonymous.POST('/api/v1/auth/refresh', {
    body: { refresh_token: login.data?.data.tokens.refresh_token ?? '' },
  });
  const second = await anonymous.POST('/api/v1/auth/token/refresh', {
    body: { refresh_token: first.data?.data.refresh_token ?? '' },
  });
  expect(second.data?.data.expires_in).toBe(1800);
  for (let count = 0; count < 2; count += 1)
    await anonymous.POST('/api/v1/auth/login', { body: { email, password: PASSWORD } });
  const sessions = await loggedIn.GET('/api/v1/auth/sessions');
  const id = sessions.data?.data.find(({ current }) => !current)?.id ?? '';
  const ended = await loggedIn.DELETE('/api/v1/auth/sessions/{id}', { params: { path: { id } } });
  expect(ended.data).toEqual({ code: 0, message: 'session ended', data: null });
  expect((await loggedIn.DELETE('/api/v1/auth/sessions')).data?.data.revoked).toBe(1);

  // Passwords.
  const changed = await loggedIn.POST('/api/v1/auth/password/change', {
    body: { current_password: PASSWORD, new_password: `${PASSWORD} 2` },
  });
  expect(changed.data?.message).toBe('password changed');
  const challenge = await anonymous.GET('/api/v1/auth/captcha/challenge');
  const captcha = await solveAltcha(challenge.data);
  const sent = await anonymous.POST('/api/v1/auth/password/reset/send', { body: { email, captcha } });
  expect(sent.data?.data.retry_after).toBe(60);
  const reset = { token: await tokenOf('reset-link'), new_password: PASSWORD };
  expect((await anonymous.POST('/api/v1/auth/password/reset', { body: reset })).data?.message).toBe(
    'password reset successful',
  );
  const again = await anonymous.POST('/api/v1/auth/reset-password', { body: reset });
  expect(again.error?.error).toBe('LINK_USED');

  const last = await anonymous.POST('/api/v1/auth/login', { body: { email, password: PASSWORD } });
  expect((await createApi(last.data?.token).POST('/api/v1/auth/logout')).data?.message).toBe('logged out');

  const described = Object.entries<object>(document.paths).flatMap(([path, item]) =>
    Object.keys(item).map((method) => `${method} ${path}`),
  );
  expect([...called].toSorted()).toEqual(described.toSorted());
  expect(problems).toEqual([]);
});
