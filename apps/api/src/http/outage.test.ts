import { once } from 'node:events';
import { createServer } from 'node:net';
import { type Database, openDatabase } from '@moonlight/db';
import { type FaultyProxy, startFaultyProxy } from '@moonlight/test-servers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
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

const LONGEST_MS = 5000;
const RECOVERY_MS = 2000;

let proxy: FaultyProxy;
let server: TestServer;
let account: TestAccount;
let direct: ReturnType<typeof openDatabase>;

beforeAll(async () => {
  server = await startTestServer({
    env: { CAPTCHA_PROVIDER: 'none' },
    connectVia: async (url) => {
      proxy = await startFaultyProxy(url);
      return proxy.url;
    },
  });
  direct = openDatabase({ url: server.database.url, poolSize: 1, onError: () => undefined });
  account = await createAccount(server.url);
  ({ refreshToken } = account);
});
afterAll(async () => {
  await server.close();
  await proxy.close();
  await direct.close();
});

const execute = (statement: string): ReturnType<Database['execute']> => direct.db.execute(statement);
const ready = async () => {
  const { status, body } = await ask('GET', `${server.url}/health/ready`);
  return { status, body };
};

type Answered = Promise<{ readonly status: number; readonly headers: Headers; readonly text: string }>;

const refreshed = z.object({ refreshToken: z.string() });
let refreshToken: string;
const refresh = async (): Answered => {
  const answer = await mutate(server.url, 'auth.refresh', { input: { refreshToken } });
  if (answer.status === 200) ({ refreshToken } = refreshed.parse(answer.data));
  return answer;
};

let names = 0;
const reads = (): Answered[] => [
  query(server.url, 'account.profile', { token: account.accessToken }),
  ask('GET', `${server.url}/api/v1/auth/profile`, { token: account.accessToken }),
];
const writes = (): Answered[] => {
  const { email } = account;
  const username = `user_${(names += 1)}`;
  return [
    refresh(),
    mutate(server.url, 'auth.login', { input: { email, password: PASSWORD } }),
    mutate(server.url, 'auth.register', { input: { email: `${username}@example.com`, username, password: PASSWORD } }),
  ];
};

/** Resolves when all calls were refused as OVERLOADED, with nothing about the reason, to how long that took. */
const expectRefused = async (calls: readonly Answered[]): Promise<number> => {
  const start = performance.now();
  for (const { status, headers, text } of await Promise.all(calls)) {
    expect([status, headers.get('retry-after'), text]).toEqual([503, '1', expect.stringContaining('"OVERLOADED"')]);
    expect(text).not.toMatch(/postgres|connection|ECONN|database|disk|read-only|test_|stack/i);
  }
  return performance.now() - start;
};

const expectRecovery = async (): Promise<void> => {
  const start = performance.now();
  await expect.poll(async () => (await refresh()).status).toBe(200);
  expect(performance.now() - start).toBeLessThan(RECOVERY_MS);
  await expect.poll(ready).toEqual({ status: 200, body: { status: 'ready' } });
  const answers = await Promise.all([...reads(), ...writes()]);
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 201]);
};

/** Answers every connection with an error, in PostgreSQL's protocol, on the port of the proxy. */
const refuseConnections = async (code: string) => {
  await proxy.sever();
  const fields = `SFATAL\0VFATAL\0C${code}\0Mrefused by the test\0\0`;
  const answer = Buffer.alloc(5 + fields.length, `E\0\0\0\0${fields}`, 'latin1');
  answer.writeInt32BE(answer.length - 1, 1);
  const fake = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end(answer));
  });
  await once(fake.listen(proxy.port, '127.0.0.1'), 'listening');
  return async () => {
    await once(fake.close(), 'close');
    await proxy.restore();
  };
};

const unavailable = { status: 503, body: { status: 'unavailable', unavailable: expect.arrayContaining(['database']) } };

test.each([
  {
    outage: 'is silent',
    begin: async () => {
      proxy.freeze();
      return () => proxy.restore();
    },
  },
  {
    outage: 'refuses connections',
    begin: async () => {
      await proxy.sever();
      return () => proxy.restore();
    },
  },
  { outage: 'has no connection left', begin: () => refuseConnections('53300') },
  { outage: 'is starting', begin: () => refuseConnections('57P03') },
])('while PostgreSQL $outage, all calls are refused within 5 s; within 2 s it recovers', async ({ begin }) => {
  const end = await begin();
  expect(await expectRefused([...reads(), ...writes(), ...writes()])).toBeLessThan(LONGEST_MS);
  await expect.poll(ready).toEqual(unavailable);
  expect(await expectRefused([...reads(), ...writes()])).toBeLessThan(LONGEST_MS);
  expect((await ask('GET', `${server.url}/health`)).body).toEqual({ status: 'healthy' });
  // Calls without a query still work: an invalid token is refused, and the public keys are cached.
  expect((await mutate(server.url, 'auth.refresh', { input: { refreshToken: 'x' } })).status).toBe(401);
  expect((await ask('GET', `${server.url}/.well-known/jwks.json`)).body).toMatchObject({ keys: [{ alg: 'ES256' }] });
  await end();
  await expectRecovery();
});

test('after a failover without a reset, calls on the old connections are refused, and the next ones succeed', async () => {
  proxy.forget();
  expect(await expectRefused(reads())).toBeLessThan(LONGEST_MS);
  await expectRecovery();
});

test('while the disk is full, calls that write are refused and leave nothing, and calls that read succeed', async () => {
  await execute(`create function no_space() returns trigger language plpgsql as $$ begin raise disk_full; end $$`);
  for (const table of ['sessions', 'outbox'])
    await execute(
      `create trigger no_space before insert or update on ${table} for each row execute function no_space()`,
    );
  const accounts = (await execute('select count(*) from users')).rows;
  expect(await expectRefused(writes())).toBeLessThan(LONGEST_MS);
  expect((await Promise.all(reads())).map(({ status }) => status)).toEqual([200, 200]);
  expect((await execute('select count(*) from users')).rows).toEqual(accounts);
  await execute('drop function no_space cascade');
  await expectRecovery();
});

test('after a failover to a server that is read-only, calls that write are refused until it becomes the primary', async () => {
  const name = new URL(server.database.url).pathname.slice(1);
  await execute(`alter database ${name} set default_transaction_read_only = on`);
  await proxy.sever();
  await proxy.restore();
  await expect.poll(ready).toMatchObject({ status: 200 });
  expect(await expectRefused(writes())).toBeLessThan(LONGEST_MS);
  await execute(`alter database ${name} reset default_transaction_read_only`);
  await expectRecovery();
});
