import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, createAccount, mutate, PASSWORD, query, startTestServer, type TestServer } from '../testing.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ env: { CAPTCHA_PROVIDER: 'none', DATABASE_POOL_SIZE: '1' } });
});
afterAll(() => server.close());

test('while too many calls wait for a connection, the next ones are OVERLOADED in both APIs, and never 500', async () => {
  const { accessToken: token, email } = await createAccount(server.url);
  // The server's only connection is in use.
  const connection = await server.deps.db.$client.connect();
  const waiting = Array.from({ length: 100 }, () => query(server.url, 'account.profile', { token }));
  await expect.poll(() => server.deps.db.$client.waitingCount).toBe(100);

  const busy = await query(server.url, 'account.profile', { token });
  expect([busy.status, busy.headers.get('retry-after'), busy.error?.data.error]).toEqual([503, '1', 'OVERLOADED']);
  const rest = await ask('GET', `${server.url}/api/v1/auth/profile`, { token });
  expect([rest.status, rest.headers.get('retry-after')]).toEqual([503, '1']);
  expect(rest.body).toMatchObject({ code: 503, error: 'OVERLOADED', retry_after: 1 });
  const login = await mutate(server.url, 'auth.login', { input: { email, password: PASSWORD } });
  expect([login.status, login.error?.data.error]).toEqual([503, 'OVERLOADED']);

  connection.release();
  expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual(waiting.map(() => 200));
  expect((await query(server.url, 'account.profile', { token })).status).toBe(200);
});
