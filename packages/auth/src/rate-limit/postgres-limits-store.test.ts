import { type Connection, limits, openDatabase, pipelined, spentCaptchas, transaction } from '@moonlight/db';
import { createTestDatabase } from '@moonlight/db/testing';
import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { describeLimitsStore } from '../testing/limits.suite.ts';
import { postgresLimitsStore } from './postgres-limits-store.ts';

describeLimitsStore('PostgreSQL', async (clock) => {
  const database = await createTestDatabase();
  const connect = () => openDatabase({ url: database.url, poolSize: 8, onError: () => undefined });
  const [one, two] = [connect(), connect()];
  return {
    replicas: [postgresLimitsStore(one.db, clock), postgresLimitsStore(two.db, clock)],
    close: async () => {
      await Promise.all([one.close(), two.close()]);
      await database.drop();
    },
  };
});

test('counters wait for no disk, and counting in a pipeline takes one round trip with other statements', async () => {
  const database = await createTestDatabase();
  let roundTrips = 0;
  const onRoundTrip = () => {
    roundTrips += 1;
  };
  const client = openDatabase({ url: database.url, poolSize: 1, onError: () => undefined, onRoundTrip });
  const { db } = client;
  const store = postgresLimitsStore(db, { now: () => new Date() });
  const rule = { key: 'one', limit: 2, windowSeconds: 60 };
  const found = await pipelined(db, (connection) =>
    Promise.all([
      store.consume([rule], connection),
      store.peek([rule], connection),
      connection.select().from(spentCaptchas),
    ]),
  );
  expect(found).toEqual([0, [0], []]);
  expect(roundTrips).toBe(1);
  const unlogged = sql`select relpersistence from pg_class where oid = ${'limits'}::regclass`;
  expect((await db.execute(unlogged)).rows).toEqual([{ relpersistence: 'u' }]);
  expect(await db.$count(limits)).toBe(1);
  await client.close();
  await database.drop();
});

test('plans from the time when the table was small do not read all of it when it has grown', async () => {
  const database = await createTestDatabase();
  const client = openDatabase({ url: database.url, poolSize: 1, onError: () => undefined });
  const { db } = client;
  const store = postgresLimitsStore(db, { now: () => new Date() });
  const rule = { key: 'one', limit: 1000, windowSeconds: 60 };
  const useAll = (on?: Connection) =>
    Promise.all([store.peek([rule], on), store.consume([rule], on), store.reset(rule.key, on)]);
  await useAll();
  await db.execute(sql`vacuum analyze ${limits}`);
  for (let call = 0; call < 10; call += 1) await useAll();
  await db.execute(sql`insert into ${limits} select 'key' || n, 1, now() from generate_series(1, 5000) n`);
  const readRows = sql`select (seq_tup_read + idx_tup_fetch)::int as read from pg_stat_xact_user_tables where relname = 'limits'`;
  const scanned = await transaction(db, async (tx) => {
    await useAll(tx);
    return tx.execute(readRows);
  });
  // Of 5001 rows, and of a single one in the calls before.
  expect(scanned.rows[0]?.['read']).toBeLessThan(100);
  await client.close();
  await database.drop();
});
