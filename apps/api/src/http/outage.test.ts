import { openDatabase } from '@moonlight/db';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  ask,
  createAccount,
  mutate,
  PASSWORD,
  query,
  startTestServer,
  type TestAccount,
  type TestServer,
} from '../testing.ts';

let server: TestServer;
let account: TestAccount;

beforeAll(async () => {
  server = await startTestServer({ env: { CAPTCHA_PROVIDER: 'none' } });
  account = await createAccount(server.url);
});
afterAll(() => server.close());

/** Allows or refuses connections to the database. Refusing also closes the open ones. */
const setReachable = async (isReachable: boolean) => {
  const admin = openDatabase({
    url: process.env['TEST_DATABASE_URL'] ?? '',
    poolSize: 1,
    onError: () => undefined,
  });
  await admin.db.execute(
    `alter database "${new URL(server.database.url).pathname.slice(1)}" allow_connections ${isReachable}`,
  );
  await admin.close();
  if (!isReachable) await server.database.disconnectAll();
};

const ready = async () => {
  const { status, body } = await ask('GET', `${server.url}/health/ready`);
  return { status, body };
};

test('while the database is down the process stays up and answers errors; it recovers when the database is back', async () => {
  const { accessToken: token, refreshToken, email } = account;
  expect(await ready()).toEqual({ status: 200, body: { status: 'ready' } });

  await setReachable(false);
  await expect.poll(ready).toMatchObject({ status: 503, body: { unavailable: expect.arrayContaining(['database']) } });
  expect((await ask('GET', `${server.url}/health`)).body).toEqual({ status: 'healthy' });
  const calls = [
    await query(server.url, 'account.profile', { token }),
    await mutate(server.url, 'auth.refresh', { input: { refreshToken } }),
    await mutate(server.url, 'auth.login', { input: { email, password: PASSWORD } }),
    await mutate(server.url, 'auth.register', {
      input: { email: 'x@example.com', username: 'xenia', password: PASSWORD },
    }),
    await mutate(server.url, 'emailVerification.confirm', { input: { token: 'x' } }),
  ];
  for (const { status, text, error } of calls) {
    expect([status, error?.data.error, error?.message]).toEqual([500, 'INTERNAL_ERROR', 'Something went wrong']);
    expect(text).not.toMatch(/postgres|connection|ECONN|database|test_|stack/i);
  }
  const rest = await ask('GET', `${server.url}/api/v1/auth/profile`, { token });
  expect(rest.body).toEqual({
    code: 500,
    message: 'Something went wrong',
    error: 'INTERNAL_ERROR',
    request_id: rest.headers.get('x-request-id'),
  });
  // Calls without a query still work: an invalid token is refused, and the public keys are cached.
  expect((await mutate(server.url, 'auth.refresh', { input: { refreshToken: 'x' } })).status).toBe(401);
  expect((await ask('GET', `${server.url}/.well-known/jwks.json`)).body).toMatchObject({ keys: [{ alg: 'ES256' }] });

  await setReachable(true);
  await expect.poll(ready).toMatchObject({ status: 200 });
  expect((await query(server.url, 'account.profile', { token })).status).toBe(200);
  expect((await mutate(server.url, 'auth.login', { input: { email, password: PASSWORD } })).status).toBe(200);
  expect((await mutate(server.url, 'auth.refresh', { input: { refreshToken } })).status).toBe(200);
});
