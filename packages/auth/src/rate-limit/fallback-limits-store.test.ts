import { type DatabaseClient, isDatabaseUnavailable, openDatabase } from '@moonlight/db';
import { createTestDatabase, type TestDatabase } from '@moonlight/db/testing';
import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fallbackLimitsStore } from './fallback-limits-store.ts';
import { inParallel } from '../testing/people.ts';
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
const note = (level: string) => (fields: object, message: string) => void lines.push({ level, fields, message });
const log = { info: note('info'), warn: note('warn'), error: note('error') };
const clock = { now: () => new Date(now) };

const breakStore = () => client.db.execute(sql`alter table limits rename to limits_broken`);
const repairStore = () => client.db.execute(sql`alter table limits_broken rename to limits`);
const levels = () => lines.map(({ level }) => level);

beforeEach(async () => {
  database = await createTestDatabase();
  client = openDatabase({ url: database.url, poolSize: 4, onError: () => undefined });
  now = Date.UTC(2031, 1, 28);
  lines = [];
  store = fallbackLimitsStore(postgresLimitsStore(client.db, clock), memoryLimitsStore(clock), {
    timeoutMs: 1000,
    clock,
    log,
  });
});

afterEach(async () => {
  await client.close();
  await database.drop();
});

test('while the primary store fails, every call is decided in memory', async () => {
  await breakStore();
  for (const wait of [0, 0, 0, 600]) expect(await store.consume([rule])).toBe(wait);
  for (const wait of [0, 0, 1]) expect(await store.penalize(login)).toBe(wait);
  expect(await store.peek([rule, login])).toEqual([600, 1]);
  expect(await store.reset(login.key)).toBe(1);
});

test('a store that works again is used after at most a second, with its old counters', async () => {
  await store.consume([rule]);
  await breakStore();
  await store.consume([rule]);
  await repairStore();
  now += 999;
  for (const wait of [0, 0, 600]) expect(await store.consume([rule])).toBe(wait);
  now += 1;
  for (const wait of [0, 0, 599]) expect(await store.consume([rule])).toBe(wait);
  expect(levels()).toEqual(['warn', 'info']);
});

test('a store that is too slow delays only one call a second', async () => {
  const asked: number[] = [];
  const slow: LimitsStore = {
    ...memoryLimitsStore(clock),
    consume: () => {
      asked.push(now);
      return new Promise(() => undefined);
    },
  };
  const limited = fallbackLimitsStore(slow, memoryLimitsStore(clock), {
    timeoutMs: 20,
    clock,
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
  });
  const start = now;
  await limited.consume([rule]);
  await Promise.all(Array.from({ length: 20 }, () => limited.consume([rule])));
  now += 1000;
  await Promise.all(Array.from({ length: 20 }, () => limited.consume([rule])));
  expect(asked).toEqual([start, start + 1000]);
});

test('a locked store is too slow, and is used again when the lock is released', async () => {
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

test('the log gets one warning every five seconds, which never contains a key', async () => {
  await breakStore();
  for (let second = 0; second < 11; second += 1) {
    await store.consume([rule]);
    now += 1000;
  }
  expect(levels()).toEqual(['warn', 'warn', 'warn']);
  expect(lines[0]?.fields).toEqual({ reason: 'error relation "limits" does not exist' });
});

test('a clock that was set back does not keep the store from being used again', async () => {
  await breakStore();
  await store.consume([rule]);
  await repairStore();
  now -= 3_600_000;
  await store.consume([rule]);
  expect(levels()).toEqual(['warn', 'info']);
});

test('while too many calls wait for a connection, a call fails instead of being decided in memory', async () => {
  const single = openDatabase({ url: database.url, poolSize: 1, onError: () => undefined });
  const primary = postgresLimitsStore(single.db, clock);
  const busy = fallbackLimitsStore(primary, memoryLimitsStore(clock), { timeoutMs: 60_000, clock, log });
  const connection = await single.db.$client.connect();
  const waiting = inParallel(100, () => busy.peek([rule]));
  await expect(busy.consume([rule])).rejects.toSatisfy(isDatabaseUnavailable);
  connection.release();
  await waiting;
  expect(await busy.consume([rule])).toBe(0);
  expect(lines).toEqual([]);
  await single.close();
});
