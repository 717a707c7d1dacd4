import { randomBytes } from 'node:crypto';
import { createTestDatabase, type TestDatabase } from '@moonlight/db/testing';
import { startPgbouncer } from '@moonlight/test-servers';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { examined, type Fault } from '../testing/examined.ts';

let database: TestDatabase;
let admin: pg.Client;
let repair: (() => Promise<unknown>) | undefined;
beforeAll(async () => {
  database = await createTestDatabase();
  admin = new pg.Client({ connectionString: database.url });
  await admin.connect();
});
afterEach(async () => {
  await repair?.();
  repair = undefined;
});
afterAll(async () => {
  await admin.end();
  await database.drop();
});

const urlWith = (change: Partial<Record<'port' | 'hostname' | 'password' | 'pathname' | 'username', string>>): string =>
  Object.assign(new URL(database.url), change).href;
const name = () => `test_${randomBytes(6).toString('hex')}`;
const nameOf = (url: string) => new URL(url).pathname.slice(1);
const LAST = 'created_at = (select max(created_at) from drizzle.__drizzle_migrations)';

interface Planted {
  /** Plants the fault and returns the variables that differ. */
  readonly plant: () => Promise<NodeJS.ProcessEnv> | NodeJS.ProcessEnv;
  readonly fault: Fault;
  /** The clock of this machine differs by as much, in milliseconds. */
  readonly skew?: number;
}

const planted: Readonly<Record<string, Planted>> = {
  'a server that does not run': {
    plant: () => ({ DATABASE_URL: urlWith({ port: '1' }) }),
    fault: { variable: 'DATABASE_URL', seen: /127\.0\.0\.1:1 refuses connections/, advice: /^Start PostgreSQL/ },
  },
  'an unknown host': {
    plant: () => ({ DATABASE_URL: urlWith({ hostname: 'database.invalid' }) }),
    fault: { variable: 'DATABASE_URL', seen: /unknown host name|cannot be resolved/, advice: /host name|address/ },
  },
  'a wrong password': {
    plant: () => ({ DATABASE_URL: urlWith({ password: 'hunter2hunter2' }) }),
    fault: { variable: 'DATABASE_URL', seen: /refuses the user or the password/, advice: /Correct user and password/ },
  },
  'a database that does not exist': {
    plant: () => ({ DATABASE_URL: urlWith({ pathname: '/nowhere' }) }),
    fault: { variable: 'DATABASE_URL', seen: /no database of that name/, advice: /create database/ },
  },
  'a missing migration': {
    plant: async () => {
      const { rows } = await admin.query(`delete from drizzle.__drizzle_migrations where ${LAST} returning *`);
      repair = () =>
        admin.query('insert into drizzle.__drizzle_migrations values ($1, $2, $3)', Object.values(rows[0]));
      return {};
    },
    fault: {
      variable: 'DATABASE_URL',
      seen: /^1 migration missing, the first is \d{4}_/,
      advice: /moonlight migrate/,
    },
  },
  'a newer migration': {
    plant: async () => {
      await admin.query(`insert into drizzle.__drizzle_migrations (hash, created_at) values ('newer', 9999999999999)`);
      repair = () => admin.query(`delete from drizzle.__drizzle_migrations where hash = 'newer'`);
      return {};
    },
    fault: { variable: 'DATABASE_URL', seen: /1 migration newer than this version/, advice: /run the version/ },
  },
  'a user without rights': {
    plant: async () => {
      const role = name();
      await admin.query(`create role ${role} login password 'moonlight'; grant usage on schema drizzle, bullmq to ${role}; grant select on bullmq.migration to ${role};
        grant select on drizzle.__drizzle_migrations to ${role}; grant select on users to ${role}`);
      repair = () => admin.query(`drop owned by ${role}; drop role ${role}`);
      return { DATABASE_URL: urlWith({ username: role, password: 'moonlight' }) };
    },
    fault: {
      variable: 'DATABASE_URL',
      seen: /may not read and write: .*users/,
      advice: /^Make it their owner, or: grant/,
    },
  },
  'more connections than the server accepts': {
    plant: () => ({ DATABASE_POOL_SIZE: '1000' }),
    fault: {
      variable: 'DATABASE_POOL_SIZE',
      seen: /may open 2016 connections.*max_connections/,
      advice: /Lower DATABASE_POOL_SIZE/,
    },
  },
  'a database that accepts no writes': {
    plant: async () => {
      await admin.query(`alter database ${nameOf(database.url)} set default_transaction_read_only = on`);
      repair = async () => {
        await admin.query('set default_transaction_read_only = off');
        await admin.query(`alter database ${nameOf(database.url)} reset default_transaction_read_only`);
      };
      return {};
    },
    fault: { variable: 'DATABASE_URL', seen: /accepts no writes/, advice: /reset default_transaction_read_only/ },
  },
  'a database that is not in UTF-8': {
    plant: async () => {
      const latin = name();
      await admin.query(`create database ${latin} template template0 encoding 'LATIN1' locale 'C'`);
      repair = () => admin.query(`drop database ${latin} with (force)`);
      return { DATABASE_URL: urlWith({ pathname: `/${latin}` }) };
    },
    fault: { variable: 'DATABASE_URL', seen: /as LATIN1/, advice: /encoding 'UTF8'/ },
  },
  'a pooler that breaks prepared statements': {
    plant: async () => {
      const pooler = await startPgbouncer(database.url);
      repair = () => pooler.stop();
      return { DATABASE_URL: pooler.url, DATABASE_PREPARED_STATEMENTS: 'on' };
    },
    fault: {
      variable: 'DATABASE_PREPARED_STATEMENTS',
      seen: /a pooler in transaction mode .* breaks prepared statements/,
      advice: /Set it to auto; or upgrade PgBouncer to 1\.21/,
    },
  },
  'a clock that is 70 s ahead': {
    plant: () => ({}),
    skew: 70_000,
    fault: { variable: null, seen: /70\.\d s ahead of that of PostgreSQL/, advice: /time service/ },
  },
};

test('a database that is well has no fault', async () => {
  const { faults, oks } = await examined({ DATABASE_URL: database.url }, { area: 'database' });
  expect(faults).toEqual([]);
  expect(oks).toContain('prepared statements work');
});

test('a pooler in front of which the service uses no prepared statements is no fault', async () => {
  const pooler = await startPgbouncer(database.url);
  repair = () => pooler.stop();
  const { faults, oks } = await examined({ DATABASE_URL: pooler.url }, { area: 'database' });
  expect(faults).toEqual([]);
  expect(oks.join()).toContain('so the service uses none (DATABASE_PREPARED_STATEMENTS=auto)');
});

test.each(Object.entries(planted))('doctor explains %s', async (_name, { plant, fault, skew = 0 }) => {
  const env = { DATABASE_URL: database.url, ...(await plant()) };
  const { faults, text } = await examined(env, { area: 'database', skew });
  expect(faults).toContainEqual({
    area: 'database',
    status: 'wrong',
    variable: fault.variable,
    seen: expect.stringMatching(fault.seen),
    advice: expect.stringMatching(fault.advice),
  });
  expect(text).not.toContain('hunter2');
});
