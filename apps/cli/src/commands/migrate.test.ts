import { randomBytes } from 'node:crypto';
import { createTestDatabase, type TestDatabase } from '@moonlight/db/testing';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { moonlight } from '../testing/moonlight.ts';

let database: TestDatabase;
let report: pg.Client;
beforeAll(async () => {
  database = await createTestDatabase();
  report = new pg.Client({ connectionString: database.url, application_name: 'nightly report' });
  await report.connect();
});
afterAll(async () => {
  await report.end();
  await database.drop();
});

const SECRET_KEY = 'a secret of a test that is long enough';

const migrate = (url: string, more = '') => moonlight(`migrate ${more}`, { DATABASE_URL: url, SECRET_KEY });

/** Holds the lock that a migration of the tables needs, as a long transaction of another program does. */
const holdLock = async () => {
  await report.query('begin; lock table drizzle.__drizzle_migrations in access exclusive mode');
  await report.query(`select 'jane@example.com', 4711 as salary`);
};

test('an empty database is refused until it gets all migrations, which are named; a second run finds none missing', async () => {
  const name = `test_${randomBytes(8).toString('hex')}`;
  await report.query(`create database ${name} template template0`);
  const url = Object.assign(new URL(database.url), { pathname: `/${name}` }).href;
  try {
    const early = await moonlight('user list', { DATABASE_URL: url, SECRET_KEY });
    expect(early).toMatchObject({ code: 1, err: expect.stringMatching(/lacks migrations.* Run: moonlight migrate$/) });
    const first = await migrate(url);
    expect(first.err).toBe('');
    expect(first.code).toBe(0);
    expect(first.out).toMatch(/^Applied 0000_init\.\nApplied 0001_[\s\S]*The queue's tables have version \d+\.$/);
    const second = await migrate(url, '--json');
    expect(JSON.parse(second.out)).toEqual({ applied: [], queueVersion: expect.any(Number) });
  } finally {
    await report.query(`drop database ${name} with (force)`);
  }
});

test('a lock that is not released is named with its holder and without values, and the exit code is 1', async () => {
  await holdLock();
  try {
    const { code, out, err } = await migrate(database.url, '--wait 2 --json');
    expect(code).toBe(1);
    expect(err).toMatch(
      /held by pid \d+ \(nightly report, idle in transaction since \d{4}-.+Z\): select …, … as salary/,
    );
    expect(err).not.toMatch(/jane|4711/);
    expect(JSON.parse(out)).toEqual({ error: { code: 'FAILED', message: expect.stringContaining('nightly report') } });
  } finally {
    await report.query('rollback');
  }
});

test('without a wait it gives up at once', async () => {
  await holdLock();
  try {
    expect(await migrate(database.url, '--wait 0')).toMatchObject({
      code: 1,
      err: expect.stringContaining('held by '),
    });
  } finally {
    await report.query('rollback');
  }
});

test('while it waits it blocks other sessions for a second at most, and it goes on when the lock is free', async () => {
  await holdLock();
  const running = migrate(database.url, '--wait 30');
  const probe = new pg.Client({ connectionString: database.url });
  await probe.connect();
  const waiting = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
  await expect.poll(async () => (await probe.query(waiting)).rowCount).toBe(1);
  await expect.poll(async () => (await probe.query(waiting)).rowCount, { timeout: 5000 }).toBe(0);
  await report.query('rollback');
  await probe.end();
  const { code, err } = await running;
  expect(code).toBe(0);
  expect(err).toContain('Waiting for a lock that is held by pid ');
});
