import { limits, openDatabase, pipelined, spentCaptchas } from '@moonlight/db';
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
