import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { type DatabaseClient, openDatabase, type Timeouts } from './client.ts';
import { migrate } from './migrate.ts';

const TEMPLATE = 'moonlight_template';

const adminUrl = (): string => {
  const url = process.env['TEST_DATABASE_URL'];
  if (url === undefined) throw new Error('TEST_DATABASE_URL is missing: run the tests from the root of the workspace');
  return url;
};

const runAsAdmin = async (statement: string): Promise<void> => {
  const client = new pg.Client({ connectionString: adminUrl() });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
};

const urlOf = (name: string): string => {
  const url = new URL(adminUrl());
  url.pathname = `/${name}`;
  return url.href;
};

/**
 * Creates the database that test databases are copied from; `migrateAll` creates its tables. Called once per test run.
 */
export const createTemplateDatabase = async (migrateAll: (url: string) => Promise<unknown>): Promise<void> => {
  await runAsAdmin(`create database ${TEMPLATE}`);
  await migrateAll(urlOf(TEMPLATE));
};

export interface TestDatabase {
  readonly url: string;
  /** Ends every connection to it, like a crash of the server. */
  disconnectAll(): Promise<void>;
  drop(): Promise<void>;
}

const newName = (): string => `test_${randomBytes(8).toString('hex')}`;

/** A new, migrated database, copied from the template in a fraction of a second. */
export const createTestDatabase = async (): Promise<TestDatabase> => {
  const name = newName();
  await runAsAdmin(`create database ${name} template ${TEMPLATE}`);
  return openTestDatabase(name);
};

/** A new database without any table. */
export const createEmptyDatabase = async (): Promise<TestDatabase> => {
  const name = newName();
  await runAsAdmin(`create database ${name}`);
  return openTestDatabase(name);
};

/** A copy of a database as it is now, like a backup of it. Ends every connection to the original. */
export const copyTestDatabase = async (original: TestDatabase): Promise<TestDatabase> => {
  const name = newName();
  await original.disconnectAll();
  await runAsAdmin(`create database ${name} template ${new URL(original.url).pathname.slice(1)}`);
  return openTestDatabase(name);
};

/** A new, migrated database whose text functions follow the rules of a language, such as `tr`. Without the queue's tables. */
export const createLocalizedDatabase = async (language: string): Promise<TestDatabase> => {
  const name = newName();
  await runAsAdmin(
    `create database ${name} template template0 encoding utf8 locale_provider icu icu_locale '${language}' locale 'C'`,
  );
  await migrate(urlOf(name));
  return openTestDatabase(name);
};

const openTestDatabase = (name: string): TestDatabase => ({
  url: urlOf(name),
  disconnectAll: () => runAsAdmin(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`),
  drop: () => runAsAdmin(`drop database ${name} with (force)`),
});

/** A pool for a new test database. Closing it drops the database. */
export const createTestClient = async (poolSize: number, timeouts?: Timeouts): Promise<DatabaseClient> => {
  const database = await createTestDatabase();
  const client = openDatabase({ url: database.url, poolSize, onError: () => undefined, timeouts });
  return {
    ...client,
    close: async () => {
      await client.close();
      await database.drop();
    },
  };
};
