import { type DatabaseClient, limits, openDatabase } from '@moonlight/db';
import { createTestDatabase, type TestDatabase } from '@moonlight/db/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { secondsAfter } from '../clock.ts';
import { postgresLimitsStore, removeExpiredLimits } from './postgres-limits-store.ts';
import { describeLimitsStore } from './testing/limits-store.suite.ts';

let database: TestDatabase;
let client: DatabaseClient;

const connect = (): DatabaseClient => openDatabase({ url: database.url, poolSize: 8, onError: () => undefined });

beforeAll(async () => {
  database = await createTestDatabase();
  client = connect();
});

afterAll(async () => {
  await client.close();
  await database.drop();
});

describeLimitsStore('PostgreSQL', async (clock) => {
  const other = connect();
  return {
    replicas: [postgresLimitsStore(client.db, clock), postgresLimitsStore(other.db, clock)],
    close: () => other.close(),
  };
});

test('the clean-up removes what is over, the oldest first and so many at a time, and nothing else', async () => {
  await client.db.delete(limits);
  const now = new Date('2031-03-01T00:00:00.000Z');
  const rowFor = (seconds: number) => ({ key: `${seconds}`, count: 1, resetsAt: secondsAfter(now, seconds) });
  await client.db.insert(limits).values([0.001, 0, -1, -3, -2, 60].map(rowFor));
  expect(await removeExpiredLimits(client.db, now, 2)).toBe(2);
  const left = await client.db.select().from(limits).orderBy(limits.resetsAt);
  expect(left.map(({ key }) => key)).toEqual(['-1', '0', '0.001', '60']);
  expect(await removeExpiredLimits(client.db, now, 10)).toBe(2);
  expect(await removeExpiredLimits(client.db, now, 10)).toBe(0);
  expect(await client.db.select().from(limits)).toHaveLength(2);
});

test('the clean-up passes over a counter that a call is working on', async () => {
  await client.db.delete(limits);
  const now = new Date('2031-03-01T00:00:00.000Z');
  await client.db.insert(limits).values(['a', 'b'].map((key) => ({ key, count: 1, resetsAt: now })));
  await client.db.transaction(async (tx) => {
    await tx.update(limits).set({ count: 2 });
    expect(await removeExpiredLimits(client.db, now, 10)).toBe(0);
  });
  expect(await removeExpiredLimits(client.db, now, 10)).toBe(2);
});
