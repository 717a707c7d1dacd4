import { type FaultyProxy, startFaultyProxy } from '@moonlight/test-servers';
import { sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type DatabaseClient, openDatabase } from './client.ts';
import { spentCaptchas } from './schema.ts';
import { createTestDatabase, type TestDatabase } from './testing.ts';
import { pipelined, transaction, type Tx } from './transaction.ts';
import { isDatabaseUnavailable } from './unavailable.ts';

const timeouts = { connectMs: 1000, statementMs: 400 };
// One that waits for a connection and then for an answer, and what a busy machine adds.
const LONGEST_MS = 3000;
const RECOVERY_MS = 2000;

let database: TestDatabase;
let proxy: FaultyProxy;
let direct: DatabaseClient;
let client: DatabaseClient;
const errors: Error[] = [];
beforeAll(async () => {
  database = await createTestDatabase();
  proxy = await startFaultyProxy(database.url);
  direct = openDatabase({ url: database.url, poolSize: 1, onError: () => undefined });
});
beforeEach(async () => {
  await proxy.restore();
  errors.length = 0;
  client = openDatabase({ url: proxy.url, poolSize: 4, onError: (error) => void errors.push(error), timeouts });
  await Promise.all(Array.from({ length: 4 }, () => client.db.execute(sql`select pg_sleep(0.05)`)));
});
afterEach(async () => {
  await client.close();
  await direct.db.delete(spentCaptchas);
});
afterAll(async () => {
  await direct.close();
  await proxy.close();
  await database.drop();
});

const insert = async (tx: Tx, hash: string) => tx.insert(spentCaptchas).values({ hash, expiresAt: new Date() });
const select = () => client.db.execute(sql`select 1`);
const stored = async () => (await direct.db.select().from(spentCaptchas)).map(({ hash }) => hash).toSorted();

/** Resolves to how long a call took that must fail because PostgreSQL is unavailable. */
const failing = async (call: Promise<unknown>): Promise<number> => {
  const start = performance.now();
  await expect(call).rejects.toSatisfy(isDatabaseUnavailable);
  return performance.now() - start;
};

const failAll = async (count: number) => {
  const calls = Array.from({ length: count }, (_, index) => [
    failing(select()),
    failing(transaction(client.db, (tx) => insert(tx, `lost ${index}`))),
    failing(pipelined(client.db, (connection) => Promise.all([1, 2].map((n) => connection.execute(sql`select ${n}`))))),
  ]);
  return Math.max(...(await Promise.all(calls.flat())));
};

const expectRecovery = async () => {
  const start = performance.now();
  await expect.poll(() => select().then(() => 'answered', String)).toBe('answered');
  expect(performance.now() - start).toBeLessThan(RECOVERY_MS);
  await client.ping();
  await transaction(client.db, (tx) => insert(tx, 'afterwards'));
  expect(await stored()).toEqual(['afterwards']);
};

test('while PostgreSQL is silent, calls fail in time and their connections are closed; it recovers in two seconds', async () => {
  proxy.freeze();
  expect(await failAll(10)).toBeLessThan(LONGEST_MS);
  await expect(client.ping()).rejects.toSatisfy(isDatabaseUnavailable);
  // Once it is known, nothing is tried for each call.
  await expect.poll(() => failing(select())).toBeLessThan(timeouts.connectMs / 2);
  expect(client.db.$client.idleCount).toBe(0);
  await proxy.restore();
  await expectRecovery();
});

test('while connections are refused, calls fail in time, and it recovers in two seconds', async () => {
  await proxy.sever();
  expect(await failAll(10)).toBeLessThan(LONGEST_MS);
  await proxy.restore();
  await expectRecovery();
});

test('after a failover without a reset, one round of calls fails, and the other old connections are not tried', async () => {
  proxy.forget();
  expect(await failing(select())).toBeLessThan(LONGEST_MS);
  await Promise.all(Array.from({ length: 12 }, select));
  await expectRecovery();
});

test('a commit without an answer is never a success, and its connection serves no other call', async () => {
  const committing = transaction(client.db, async (tx) => {
    await insert(tx, 'unknown');
    await tx.execute(sql`select 1`);
    proxy.forget();
  });
  expect(await failing(committing)).toBeLessThan(LONGEST_MS);
  await expectRecovery();
});

test('a statement that waits for a lock keeps no connection of PostgreSQL after its call has failed', async () => {
  const held = Promise.withResolvers<void>();
  const isLocked = Promise.withResolvers<void>();
  const holding = transaction(direct.db, async (tx) => {
    await tx.execute(sql`lock table spent_captchas`);
    isLocked.resolve();
    await held.promise;
    const waiting = await tx.execute(sql`select 1 from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`);
    return waiting.rowCount;
  });
  await isLocked.promise;
  await Promise.all([1, 2, 3].map(() => failing(client.db.select().from(spentCaptchas))));
  held.resolve();
  expect(await holding).toBe(0);
});

test('while PostgreSQL is silent, a transaction that failed waits for no second answer', async () => {
  const texts: string[] = [];
  const onStatement = (text: string) => void texts.push(text);
  const watched = openDatabase({ url: proxy.url, poolSize: 1, onError: () => undefined, timeouts, onStatement });
  await watched.db.execute(sql`select 1`);
  proxy.forget();
  await failing(transaction(watched.db, (tx) => tx.execute(sql`select 1`)));
  expect(texts.at(-1)).toBe('select 1');
  await watched.close();
});

test('a disk that is full is an outage of the calls that write, and nothing of them remains', async () => {
  await direct.db.execute(sql`create function no_space() returns trigger language plpgsql as
    $$ begin if new.hash = 'two' then raise disk_full; end if; return new; end $$`);
  await direct.db.execute(sql`create trigger no_space before insert on spent_captchas
    for each row execute function no_space()`);
  await failing(
    transaction(client.db, async (tx) => {
      await insert(tx, 'one');
      await insert(tx, 'two');
    }),
  );
  expect(errors.map((error) => 'code' in error && error.code)).toEqual(['53100']);
  await select();
  await direct.db.execute(sql`drop trigger no_space on spent_captchas`);
  await expectRecovery();
});

test('a server that became read-only is left at the first write, and no old connection is used again', async () => {
  const name = sql.raw(new URL(database.url).pathname.slice(1));
  await direct.db.execute(sql`alter database ${name} set default_transaction_read_only = on`);
  await client.db.$client.end();
  client = openDatabase({ url: proxy.url, poolSize: 4, onError: (error) => void errors.push(error), timeouts });
  const pids = async () => {
    const pid = client.db.execute<{ pid: number }>(sql`select pg_backend_pid() as pid, pg_sleep(0.05)`);
    return (await pid).rows[0]?.pid;
  };
  const before = await Promise.all([pids(), pids(), pids()]);
  await direct.db.execute(sql`alter database ${name} reset default_transaction_read_only`);
  await failing(transaction(client.db, (tx) => insert(tx, 'one')));
  expect(errors.map((error) => 'code' in error && error.code)).toEqual(['25006']);
  const after = await Promise.all([pids(), pids(), pids()]);
  expect(new Set([...before, ...after]).size).toBe(6);
  await expectRecovery();
});

test('while all calls hold their connections, the ping does not wait for one, and tells the truth', async () => {
  const patient = { connectMs: 2000, statementMs: 400 };
  const busy = openDatabase({ url: proxy.url, poolSize: 1, onError: () => undefined, timeouts: patient });
  const connection = await busy.db.$client.connect();
  const waiting = busy.db.execute(sql`select 1`).then(() => 'answered', String);
  await busy.ping();
  proxy.freeze();
  await expect(busy.ping()).rejects.toThrow(/timeout/);
  connection.release();
  expect(await waiting).not.toBe('answered');
  await busy.close();
});
