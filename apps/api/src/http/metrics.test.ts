import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, createAccount, mutate, query, startTestServer, type TestServer } from '../testing.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const page = async (): Promise<string> => (await fetch(`${server.url}/metrics`)).text();
const valueOf = async (metric: string): Promise<number> => {
  const line = (await page()).split('\n').find((each) => each.startsWith(`${metric} `));
  return Number(line?.slice(metric.length) ?? 0);
};
const counted = (labels: string): Promise<number> => valueOf(`http_request_duration_seconds_count{${labels}}`);
const called = (procedure: string): Promise<number> =>
  valueOf(`procedure_duration_seconds_count{procedure="${procedure}"}`);
const refused = (procedure: string, code: string): Promise<number> =>
  valueOf(`procedure_errors_total{procedure="${procedure}",code="${code}"}`);

test('every answer is counted by route, method and status, and no label contains a URL', async () => {
  const verify = 'method="POST",route="/api/v1/auth/verify/:token",status="400"';
  for (let call = 1; call <= 3; call += 1) {
    await ask('POST', `${server.url}/api/v1/auth/verify/secret-token`, { body: {} });
    await expect.poll(() => counted(verify)).toBe(call);
  }
  await Promise.all(Array.from({ length: 600 }, () => fetch(`${server.url}/health`)));
  await expect.poll(() => counted('method="GET",route="/health",status="200"')).toBe(600);
  await ask('GET', `${server.url}/nowhere/secret-path`);
  await expect.poll(() => counted('method="GET",route="unknown",status="404"')).toBe(1);
  expect(await page()).not.toContain('secret');
});

test('a refused login is counted by its code, by REST and by tRPC', async () => {
  const { email } = await createAccount(server.url);
  const input = { email, password: 'another password' };
  await ask('POST', `${server.url}/api/v1/auth/login`, { body: input });
  await mutate(server.url, 'auth.login', { input });
  await expect.poll(() => refused('auth.login', 'INVALID_CREDENTIALS')).toBe(2);
  // The account's own login succeeded.
  expect(await called('auth.login')).toBe(3);
});

test('each call of a batch is counted once; an unknown procedure adds no label', async () => {
  const { accessToken: token } = await createAccount(server.url);
  const before = await called('account.profile');
  await ask('GET', `${server.url}/trpc/account.profile,sessions.list,account.profile?batch=1`, { token });
  await expect.poll(() => called('account.profile')).toBe(before + 2);
  // With an unknown name tRPC's own adapter answers.
  await ask('GET', `${server.url}/trpc/account.profile,party.invite?batch=1`);
  await expect.poll(() => refused('none', 'NOT_FOUND')).toBeGreaterThan(0);
  expect(await called('account.profile')).toBe(before + 3);
  expect(await refused('account.profile', 'MISSING_TOKEN')).toBe(1);
  expect(await page()).not.toContain('party');
});

test('hits of the token cache, connections and waiting calls are shown', async () => {
  const { accessToken: token } = await createAccount(server.url);
  const hits = () => valueOf('token_cache_lookups_total{result="hit"}');
  const before = await hits();
  for (let call = 0; call < 3; call += 1) await query(server.url, 'account.profile', { token });
  expect(await hits()).toBe(before + 2);
  expect(await valueOf('database_pool_connections{state="idle"}')).toBeGreaterThan(0);
  for (const none of ['database_pool_waiting_calls', 'password_hashes{state="waiting"}', 'limits_fallback_active'])
    expect(await page()).toContain(`${none} 0\n`);
});

test('that limits are counted in memory is shown while their store fails', async () => {
  const email = 'nobody@example.com';
  const tryLogin = () => mutate(server.url, 'auth.login', { input: { email, password: 'any' } });
  await server.deps.db.execute('alter table limits rename to elsewhere');
  await tryLogin();
  expect(await valueOf('limits_fallback_active')).toBe(1);
  await server.deps.db.execute('alter table elsewhere rename to limits');
  await expect
    .poll(
      async () => {
        await tryLogin();
        return valueOf('limits_fallback_active');
      },
      { timeout: 10_000 },
    )
    .toBe(0);
});
