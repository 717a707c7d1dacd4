import { AuthError } from '@moonlight/auth';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, mutate, PASSWORD, startTestServer, type TestServer } from '../testing.ts';

let server: TestServer;
let trpc: string;

beforeAll(async () => {
  server = await startTestServer({ env: { CAPTCHA_PROVIDER: 'none' } });
  trpc = `${server.url}/trpc`;
});
afterAll(() => server.close());

const errorSummary = (status: number, error: string) => ({ status, error, keys: ['error'] });
const summary = ({ status, body }: Awaited<ReturnType<typeof ask>>) => {
  const shape = Object(body);
  return { status, error: shape.error?.data?.error, keys: Object.keys(shape) };
};

test.each([
  ['GET', 'auth.login?input=%7B%7D', 'METHOD_NOT_ALLOWED'],
  ['POST', 'account.profile', 'METHOD_NOT_ALLOWED'],
  ['PUT', 'auth.login', 'METHOD_NOT_ALLOWED'],
  ['DELETE', 'auth.login', 'METHOD_NOT_ALLOWED'],
  ['PATCH', 'account.profile', 'METHOD_NOT_ALLOWED'],
  ['PROPFIND', 'account.profile', 'METHOD_NOT_ALLOWED'],
  ['POST', 'auth.nothing', 'NOT_FOUND'],
  ['GET', 'auth', 'NOT_FOUND'],
  ['GET', '__proto__', 'NOT_FOUND'],
  ['POST', 'auth.constructor', 'NOT_FOUND'],
  ['POST', 'auth.login%00', 'NOT_FOUND'],
  ['POST', 'a'.repeat(900), 'NOT_FOUND'],
])('%s /trpc/%s is %s', async (method, path, error) => {
  const body = method === 'GET' ? undefined : {};
  expect(summary(await ask(method, `${trpc}/${path}`, { body }))).toEqual(
    errorSummary(error === 'NOT_FOUND' ? 404 : 405, error),
  );
});

test('a wrong method is answered with the allowed ones', async () => {
  const mutation = await ask('GET', `${trpc}/auth.login`);
  const procedure = await ask('POST', `${trpc}/account.profile`, { body: {} });
  const verb = await ask('PUT', `${trpc}/auth.login`, { body: {} });
  expect([mutation, procedure, verb].map(({ headers }) => headers.get('allow'))).toEqual(['POST', 'GET', 'POST']);
});

test.each([
  ['text/plain', '{}'],
  ['application/x-www-form-urlencoded', 'email=a'],
  ['multipart/form-data; boundary=x', '--x--'],
  ['application/octet-stream', '{}'],
  ['application/json-seq', '{}'],
  ['nonsense', '{}'],
])('a body of %s is UNSUPPORTED_MEDIA_TYPE', async (type, body) => {
  const answer = await ask('POST', `${trpc}/auth.login`, { body, headers: { 'content-type': type } });
  expect(summary(answer)).toEqual(errorSummary(415, 'UNSUPPORTED_MEDIA_TYPE'));
});

test('JSON with a charset is JSON', async () => {
  const headers = { 'content-type': 'application/json; charset=utf-8' };
  const answer = await mutate(server.url, 'auth.checkEmail', { input: { email: 'a@example.com' }, headers });
  expect(answer.data).toEqual({ exists: false });
});

test.each(['{', '{"a":1', 'null,', '"\\x"', '\u0000', '{"a":NaN}', '{"email":"a@example.com"}}'])(
  'malformed JSON (%j) is VALIDATION_FAILED without details',
  async (body) => {
    const answer = await ask('POST', `${trpc}/auth.checkEmail`, { body });
    expect(summary(answer)).toEqual(errorSummary(400, 'VALIDATION_FAILED'));
    expect(answer.text).not.toContain('details');
  },
);

test('malformed JSON in a query string is VALIDATION_FAILED without details', async () => {
  for (const path of ['account.profile?input={', 'captcha.challenge?input=%00', 'captcha.challenge?input={"a"']) {
    const answer = await ask('GET', `${trpc}/${path}`);
    expect(answer.text).not.toContain('details');
    expect([400, 401]).toContain(answer.status);
  }
  expect(summary(await ask('GET', `${trpc}/captcha.challenge?input={`))).toEqual(
    errorSummary(400, 'VALIDATION_FAILED'),
  );
});

test('a body beyond 64 KiB is PAYLOAD_TOO_LARGE', async () => {
  const answer = await ask('POST', `${trpc}/auth.checkEmail`, { body: { email: 'a'.repeat(65_536) } });
  expect(summary(answer)).toEqual(errorSummary(413, 'PAYLOAD_TOO_LARGE'));
  const within = await ask('POST', `${trpc}/auth.checkEmail`, { body: { email: 'a'.repeat(60_000) } });
  expect(summary(within)).toEqual(errorSummary(400, 'VALIDATION_FAILED'));
});

const batch = (paths: string, input: object) =>
  ask('POST', `${trpc}/${paths}?batch=1`, {
    body: Object.fromEntries(Array.from({ length: 11 }, (_, index) => [index, input])),
  });
const times = (count: number, path: string, separator = ',') =>
  Array.from({ length: count }, () => path).join(separator);

test('a batch of ten calls is allowed, one of eleven is refused as a whole, however it is written', async () => {
  const input = { email: 'a@example.com' };
  const ten = await batch(times(10, 'auth.checkEmail'), input);
  expect(ten.status).toBe(200);
  expect(ten.body).toHaveLength(10);
  for (const separator of [',', '%2C'])
    expect(summary(await batch(times(11, 'auth.checkEmail', separator), input))).toEqual(
      errorSummary(413, 'PAYLOAD_TOO_LARGE'),
    );
});

test('limits count calls: a batch of ten logins counts as ten', async () => {
  const { body } = await batch(times(10, 'auth.login'), { email: 'nobody@example.com', password: 'not the password' });
  const codes = JSON.parse(JSON.stringify(body)).map(
    (each: { error: { data: { error: string } } }) => each.error.data.error,
  );
  expect(codes.filter((code: string) => code === 'INVALID_CREDENTIALS')).toHaveLength(5);
  expect(codes.filter((code: string) => code === 'RATE_LIMITED')).toHaveLength(5);
});

test('in a batch each call has its own answer', async () => {
  const register = { email: 'batch@example.com', username: 'batch', password: PASSWORD };
  const paths = ['auth.register', 'auth.register', 'auth.sendCode'].join(',');
  const body = { 0: register, 1: { email: 'x' }, 2: { email: 'other@example.com', type: 'register' } };
  const answer = await ask('POST', `${trpc}/${paths}?batch=1`, { body });
  expect(answer.status).toBe(207);
  expect(answer.body).toMatchObject([
    { result: { data: { tokens: null } } },
    { error: { data: { error: 'VALIDATION_FAILED', path: 'auth.register' } } },
    { result: { data: { retryAfter: 60 } } },
  ]);
});

test('OVERLOADED says when to retry, and a service without a captcha challenge answers NOT_FOUND', async () => {
  const enter = () => {
    throw new AuthError('OVERLOADED', { retryAfter: 1 });
  };
  const hasher = { enter, isOutdated: () => false, load: () => ({ running: 0, waiting: 0 }) };
  const busy = await startTestServer({ overrides: { hasher, captcha: null } });
  const { status, headers, error } = await mutate(busy.url, 'auth.login', {
    input: { email: 'a@example.com', password: 'x' },
  });
  expect([status, headers.get('retry-after')]).toEqual([503, '1']);
  expect(error).toMatchObject({ message: 'Busy, try again shortly', data: { error: 'OVERLOADED', retryAfter: 1 } });
  expect(summary(await ask('GET', `${busy.url}/trpc/captcha.challenge`))).toEqual(errorSummary(404, 'NOT_FOUND'));
  await busy.close();
});

test('an answer is never streamed: status and headers stay', async () => {
  const headers = { 'trpc-accept': 'application/jsonl' };
  const answer = await ask('GET', `${trpc}/account.profile?batch=1&input={}`, { headers });
  expect(answer.status).toBe(401);
  expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
});

test('no error contains a stack trace, a file path or SQL', async () => {
  const answers = [
    await ask('POST', `${trpc}/auth.login`, { body: '{' }),
    await ask('GET', `${trpc}/auth.login`),
    await ask('POST', `${trpc}/auth.refresh`, { body: { refreshToken: 1 } }),
    await ask('POST', `${trpc}/nothing`, { body: {} }),
  ];
  for (const { text } of answers) expect(text).not.toMatch(/stack|node_modules|\.ts|select |zod|\n/i);
});
