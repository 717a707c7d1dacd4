import { ConfigError } from '@moonlight/config';
import { createTestDatabase } from '@moonlight/db/testing';
import { connectRedis } from '@moonlight/redis';
import { startRedis } from '@moonlight/redis/testing';
import { expect, test } from 'vitest';
import { migrateAll, startFailure } from './start-up.ts';

const wrongPassword = (): string => {
  const url = new URL(process.env['TEST_DATABASE_URL'] ?? '');
  url.password = 'hunter2hunter2';
  return url.href;
};

test('startFailure returns configuration errors unchanged', () => {
  expect(startFailure(new ConfigError(['PORT: must be a whole number']))).toContain('PORT: must be a whole number');
});

test.each([
  ['a closed port', 'postgresql://moonlight:hunter2hunter2@127.0.0.1:1/moonlight', '127.0.0.1:1 refuses connections'],
  ['an unknown host', 'postgresql://moonlight:hunter2hunter2@db.invalid/moonlight', 'db.invalid:5432 has'],
  ['a wrong password', wrongPassword(), ' refuses the user or the password (28P01)'],
])('%s is one line with DATABASE_URL, host and port, without the password', async (_what, url, expected) => {
  const failure: unknown = await migrateAll(url, undefined).catch((error: unknown) => error);
  const line = startFailure(failure);
  expect(line).toContain('The start failed: DATABASE_URL: PostgreSQL at ');
  expect(line).toContain(expected);
  expect(line).not.toMatch(/hunter2|\n/);
});

test('Redis that is down is one line with REDIS_URL, host and port, without the password', async () => {
  const database = await createTestDatabase();
  const redisUrls = ['redis://:hunter2hunter2@127.0.0.1:1'];
  const failure: unknown = await migrateAll(database.url, redisUrls).catch((error: unknown) => error);
  expect(startFailure(failure)).toBe(
    'The start failed: REDIS_URL: Redis at 127.0.0.1:1 refuses connections (ECONNREFUSED).',
  );
  await database.drop();
});

test('Redis that refuses the password is named, and one that answers is accepted', async () => {
  const [database, redis] = await Promise.all([createTestDatabase(), startRedis()]);
  await migrateAll(database.url, [redis.url]);
  const connection = connectRedis([redis.url]);
  await connection.config('SET', 'requirepass', 'the right one');
  connection.disconnect();
  const wrong = redis.url.replace('redis://', 'redis://:hunter2hunter2@');
  const failure: unknown = await migrateAll(database.url, [wrong]).catch((error: unknown) => error);
  expect(startFailure(failure)).toMatch(/REDIS_URL: Redis at .+:\d+ refuses the user or the password \(WRONGPASS\)\.$/);
  expect(startFailure(failure)).not.toContain('hunter2');
  await Promise.all([database.drop(), redis.stop()]);
});
