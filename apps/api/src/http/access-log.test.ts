import { request as httpRequest } from 'node:http';
import { transaction } from '@moonlight/db';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { ask, createAccount, mutate, PASSWORD, query, startTestServer, type TestServer } from '../testing.ts';

let server: TestServer;
let written = '';
const env = {
  APP_ENV: 'staging',
  LOG_LEVEL: 'info',
  FRONTEND_URL: 'https://app.example.com',
  MAIL_SERVER: '127.0.0.1',
  CAPTCHA_PROVIDER: 'none',
  TRUST_PROXY: '127.0.0.1',
};

beforeAll(async () => {
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    written += String(chunk);
    return true;
  });
  server = await startTestServer({ env });
});
beforeEach(() => {
  written = '';
});
afterAll(async () => {
  await server.close();
  vi.restoreAllMocks();
});

/** The access lines since the test began. One is written when the answer has been sent, so the client may have it before. */
const lines = (): Record<string, unknown>[] =>
  written
    .split('\n')
    .filter((line) => line.includes('"answered"'))
    .map((line) => JSON.parse(line));

test('a request has one line: what was called, by whom, from where, and how it ended', async () => {
  const { accessToken, id: userId } = await createAccount(server.url);
  await expect.poll(lines).toHaveLength(2);
  written = '';
  const headers = { 'x-forwarded-for': '192.0.2.7', 'x-request-id': 'from-a-user' };
  const { text } = await ask('GET', `${server.url}/api/v1/auth/profile`, { token: accessToken, headers });
  await expect.poll(lines).toHaveLength(1);
  expect(lines()).toEqual([
    expect.objectContaining({
      level: 30,
      reqId: 'from-a-user',
      method: 'GET',
      route: '/api/v1/auth/profile',
      procedure: 'account.profile',
      status: 200,
      ip: '192.0.2.7',
      userId,
      sessionId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      bytes: Buffer.byteLength(text),
      ms: expect.any(Number),
    }),
  ]);
  expect(lines()[0]).not.toHaveProperty('code');
});

test('a refusal is logged with its code, and neither the email address nor the password is', async () => {
  const input = { email: 'endymion@example.org', password: 'a wrong password' };
  await mutate(server.url, 'auth.login', { input });
  await ask('POST', `${server.url}/api/v1/auth/login`, { body: input });
  await expect.poll(lines).toHaveLength(2);
  const refused = { procedure: 'auth.login', status: 401, code: 'INVALID_CREDENTIALS' };
  expect(lines()).toMatchObject([
    { route: '/trpc/:path', ...refused },
    { route: '/api/v1/auth/login', ...refused },
  ]);
  expect(written).not.toMatch(/endymion|wrong password/);
});

test('a token in a path or a query is never in the access log', async () => {
  const token = 'the-secret-token-of-a-link';
  await ask('GET', `${server.url}/api/v1/auth/email/verify/${token}?token=${token}`);
  await ask('POST', `${server.url}/api/v1/auth/email/verify/${token}/reject`, { body: {} });
  await ask('GET', `${server.url}/nowhere/${token}`);
  await ask('GET', `${server.url}/%zz${token}`);
  await ask('GET', `${server.url}/trpc/${token}?input=${token}`);
  await query(server.url, 'account.profile', { input: { token } });
  await expect.poll(lines).toHaveLength(6);
  expect(written).not.toContain(token);
  expect(lines().map(({ route, code }) => [route, code])).toEqual([
    ['/api/v1/auth/email/verify/:token', 'LINK_INVALID'],
    ['/api/v1/auth/email/verify/:token/reject', 'LINK_INVALID'],
    ['unknown', 'NOT_FOUND'],
    ['unknown', 'VALIDATION_FAILED'],
    ['/trpc/:path', 'NOT_FOUND'],
    ['/trpc/:path', 'MISSING_TOKEN'],
  ]);
});

test('a batch has one line with its procedures and codes; an unknown procedure is not named', async () => {
  await ask('GET', `${server.url}/trpc/account.profile,sessions.list,party.invite?batch=1`);
  await expect.poll(lines).toHaveLength(1);
  expect(lines()[0]).toMatchObject({ procedure: 'account.profile,sessions.list', code: 'MISSING_TOKEN,NOT_FOUND' });
  expect(written).not.toContain('party');
});

/** Locks the table of accounts, so that a login waits. */
const lockUsers = () => {
  const [locked, ended] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const held = transaction(server.deps.db, async (tx) => {
    await tx.execute('lock table users');
    locked.resolve();
    await ended.promise;
  });
  const release = async () => {
    ended.resolve();
    await held;
  };
  return { locked: locked.promise, release };
};
const countWaiting = async () => {
  const waiting = "select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()";
  return (await server.deps.db.execute(waiting)).rowCount;
};

test('a request has a line also when its client goes away before the answer', async () => {
  const { locked, release } = lockUsers();
  await locked;
  const body = JSON.stringify({ email: 'a@example.com', password: PASSWORD });
  const headers = { 'content-type': 'application/json', 'content-length': body.length };
  const client = httpRequest(`${server.url}/api/v1/auth/login`, { method: 'POST', headers });
  client.on('error', () => undefined);
  client.end(body);
  await expect.poll(countWaiting).toBe(1);
  client.destroy();
  await expect.poll(lines).toHaveLength(1);
  expect(lines()[0]).toMatchObject({ route: '/api/v1/auth/login', aborted: true });
  expect(lines()[0]).not.toHaveProperty('status');
  await release();
});

test('probes are left out, and with ACCESS_LOG=false so is every request', async () => {
  const quiet = await startTestServer({ env: { ...env, ACCESS_LOG: 'false' } });
  await ask('GET', `${quiet.url}/api/v1/auth/profile`);
  await ask('GET', `${server.url}/health`);
  await ask('GET', `${server.url}/health/ready`);
  await quiet.close();
  await ask('GET', `${server.url}/api/v1/auth/profile`);
  await expect.poll(lines).toHaveLength(1);
});
