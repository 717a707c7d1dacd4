import { randomBytes } from 'node:crypto';
import { ConfigError, loadConfig } from '@moonlight/config';
import { createEmptyDatabase, createTestDatabase } from '@moonlight/db/testing';
import { connectRedis } from '@moonlight/redis';
import { startRedis } from '@moonlight/redis/testing';
import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { migrateAll, prepareStores, startFailure } from './start-up.ts';

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

describe('migrations at the start', () => {
  const configOf = (env: Readonly<Record<string, string>>) =>
    loadConfig({
      SECRET_KEY: randomBytes(32).toString('base64'),
      DATABASE_URL: 'postgresql://localhost/moonlight',
      PUBLIC_URL: 'https://accounts.example.com',
      FRONTEND_URL: 'https://app.example.com',
      MAIL_SERVER: 'localhost',
      ...env,
    });
  const production = configOf({ APP_ENV: 'production' });

  const run = async (url: string, statement: string): Promise<void> => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query(statement);
    await client.end();
  };

  test('run at the start, but in production only with MIGRATE_ON_START', () => {
    const isRun = (env: Readonly<Record<string, string>>) => configOf(env).database.migrateOnStart;
    for (const APP_ENV of ['development', 'test', 'staging']) expect(isRun({ APP_ENV })).toBe(true);
    expect(isRun({ APP_ENV: 'production' })).toBe(false);
    expect(isRun({ APP_ENV: 'production', MIGRATE_ON_START: 'true' })).toBe(true);
    expect(isRun({ APP_ENV: 'development', MIGRATE_ON_START: 'false' })).toBe(false);
  });

  test('that are missing are named in one line with the command that runs them, and nothing is changed', async () => {
    const database = await createEmptyDatabase();
    const lineOf = async () =>
      startFailure(await prepareStores(production, database.url).catch((error: unknown) => error));
    expect(await lineOf()).toMatch(
      /^The start failed: The database lacks migrations \(0000_init, .*, queue\)\. Run `moonlight migrate` .+\.$/,
    );
    await prepareStores(configOf({ APP_ENV: 'production', MIGRATE_ON_START: 'true' }), database.url);
    await expect(prepareStores(production, database.url)).resolves.toBeUndefined();
    await run(database.url, 'delete from drizzle.__drizzle_migrations where id > 3');
    expect(await lineOf()).toMatch(/lacks migrations \(0003_account_notices, .*\d\w+\)\./);
    await run(database.url, 'drop schema bullmq cascade');
    expect(await lineOf()).toContain(', queue)');
    await database.drop();
  });

  test('of a later version do not stop this one', async () => {
    const database = await createTestDatabase();
    await run(
      database.url,
      "insert into drizzle.__drizzle_migrations (hash, created_at) values ('later', 99999999999999)",
    );
    await expect(prepareStores(production, database.url)).resolves.toBeUndefined();
    await database.drop();
  });
});
