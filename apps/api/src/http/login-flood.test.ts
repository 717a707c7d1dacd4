import { availableParallelism } from 'node:os';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, createAccount, PASSWORD, startTestServer, type TestAccount, type TestServer } from '../testing.ts';

let server: TestServer;
let flooded: TestAccount;
let honest: TestAccount;
beforeAll(async () => {
  server = await startTestServer({ env: { CAPTCHA_PROVIDER: 'none', TRUST_PROXY: '127.0.0.1' } });
  flooded = await createAccount(server.url);
  honest = await createAccount(server.url);
});
afterAll(() => server.close());

const login = ({ email }: TestAccount, ip: string) =>
  ask('POST', `${server.url}/api/v1/auth/login`, {
    body: { email, password: PASSWORD },
    headers: { 'x-forwarded-for': ip },
  });
const statusesOf = async (calls: readonly ReturnType<typeof ask>[]) =>
  (await Promise.all(calls)).map(({ status }) => status);

// The queue holds 128 for each core, and logins end while others arrive.
const FLOOD = 400 * availableParallelism();

test('beside a flood of right logins of one IP address, no login of another one is refused, and no call fails', async () => {
  const flood = Array.from({ length: FLOOD }, () => login(flooded, '192.0.2.1'));
  const others = Array.from({ length: 20 }, (_, index) => login(honest, `198.51.100.${index}`));
  const { accessToken: token } = honest;
  const profiles = Array.from({ length: 20 }, () => ask('GET', `${server.url}/api/v1/auth/profile`, { token }));

  expect(await statusesOf(others)).toEqual(others.map(() => 200));
  expect(await statusesOf(profiles)).toEqual(profiles.map(() => 200));
  const refused = (await Promise.all(flood)).filter(({ status }) => status !== 200);
  // More than the queue holds, so some are refused, with a wait.
  expect(refused.length).toBeGreaterThan(0);
  for (const { status, headers, body } of refused) {
    expect([status, headers.get('retry-after')]).toEqual([503, '1']);
    expect(body).toMatchObject({ error: 'OVERLOADED', retry_after: 1 });
  }
});
