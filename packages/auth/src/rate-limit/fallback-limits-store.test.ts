import { type DatabaseClient, openDatabase } from '@moonlight/db';
import { createTestDatabase, type TestDatabase } from '@moonlight/db/testing';
import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fallbackLimitsStore } from './fallback-limits-store.ts';
import type { LimitsStore } from './limits-store.ts';
import { memoryLimitsStore } from './memory-limits-store.ts';
import { postgresLimitsStore } from './postgres-limits-store.ts';

let database: TestDatabase;
let client: DatabaseClient;
let now: number;
let lines: { level: string; fields: object; message: string }[];
let store: LimitsStore;

const rule = { key: 'rule', limit: 3, windowSeconds: 600 };
const login = { key: 'login', free: 2, longestSeconds: 900, memorySeconds: 3600 };
const clock = { now: () => new Date(now) };

const takeAway = () => client.db.execute(sql`alter table limits rename to limits_away`);
const bringBack = () => client.db.execute(sql`alter table limits_away rename to limits`);
const levels = () => lines.map(({ level }) => level);

beforeEach(async () => {
  database = await createTestDatabase();
  client = openDatabase({ url: database.url, poolSize: 4, onError: () => undefined });
  now = Date.UTC(2031, 1, 28);
  lines = [];
  const note = (level: string) => (fields: object, message: string) => void lines.push({ level, fields, message });
  store = fallbackLimitsStore(postgresLimitsStore(client.db, clock), memoryLimitsStore(clock), {
    timeoutMs: 1000,
    clock,
    log: { info: note('info'), warn: note('warn'), error: note('error') },
  });
});

afterEach(async () => {
  await client.close();
  await database.drop();
});

test('while the store is away every call is decided in memory', async () => {
  await takeAway();
  for (const wait of [0, 0, 0, 600]) expect(await store.consume([rule])).toBe(wait);
  for (const wait of [0, 0, 1]) expect(await store.penalize(login)).toBe(wait);
  expect(await store.peek([rule, login])).toEqual([600, 1]);
  expect(await store.reset(login.key)).toBe(1);
});

test('a store that is back is asked again within a second, and knows what it knew', async () => {
  await store.consume([rule]);
  await takeAway();
  await store.consume([rule]);
  await bringBack();
  now += 999;
  for (const wait of [0, 0, 600]) expect(await store.consume([rule])).toBe(wait);
  now += 1;
  for (const wait of [0, 0, 599]) expect(await store.consume([rule])).toBe(wait);
  expect(levels()).toEqual(['warn', 'info']);
});

test('a store that is too slow makes only one call a second wait', async () => {
  const asked: number[] = [];
  const slow: LimitsStore = {
    ...memoryLimitsStore(clock),
    consume: () => {
      asked.push(now);
      return new Promise(() => undefined);
    },
  };
  const impatient = fallbackLimitsStore(slow, memoryLimitsStore(clock), {
    timeoutMs: 20,
    clock,
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
  });
  const start = now;
  await impatient.consume([rule]);
  await Promise.all(Array.from({ length: 20 }, () => impatient.consume([rule])));
  now += 1000;
  await Promise.all(Array.from({ length: 20 }, () => impatient.consume([rule])));
  expect(asked).toEqual([start, start + 1000]);
});

test('a locked store is too slow, and is back when the lock is gone', async () => {
  const { promise: release, resolve } = Promise.withResolvers<void>();
  const locked = Promise.withResolvers<void>();
  const holder = client.db.transaction(async (tx) => {
    await tx.execute(sql`lock table limits in access exclusive mode`);
    locked.resolve();
    await release;
  });
  await locked.promise;
  expect(await store.consume([rule])).toBe(0);
  expect(lines).toEqual([
    {
      level: 'warn',
      fields: { reason: 'Error no answer within 1000 ms' },
      message: 'the limits store does not answer: limits are counted in memory',
    },
  ]);
  resolve();
  await holder;
  now += 1000;
  expect(await store.peek([rule])).toEqual([0]);
  expect(levels()).toEqual(['warn', 'info']);
});

test('the log is warned once every five seconds, and never of what is counted', async () => {
  await takeAway();
  for (let second = 0; second < 11; second += 1) {
    await store.consume([rule]);
    now += 1000;
  }
  expect(levels()).toEqual(['warn', 'warn', 'warn']);
  expect(lines[0]?.fields).toEqual({ reason: 'error relation "limits" does not exist' });
});

test('a clock that was set back does not keep the store shut out', async () => {
  await takeAway();
  await store.consume([rule]);
  await bringBack();
  now -= 3_600_000;
  await store.consume([rule]);
  expect(levels()).toEqual(['warn', 'info']);
});
