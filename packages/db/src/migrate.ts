import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import { type LockingClient, type LockWait, withLockTimeout } from './with-lock-timeout.ts';

const MIGRATIONS = fileURLToPath(new URL('./migrations/', import.meta.url));
// An arbitrary number; every process must use the same one.
const LOCK = 7_236_411;

interface Migration {
  /** Such as `0009_audit_log_by_month`. */
  readonly name: string;
  readonly statements: readonly string[];
  readonly hash: string;
  readonly createdAt: number;
}

const readMigrations = async (): Promise<Migration[]> => {
  const journal = await readFile(`${MIGRATIONS}meta/_journal.json`, 'utf8');
  const names = [...journal.matchAll(/"tag": "([^"]+)"/g)].map(([, name]) => name ?? '');
  return readMigrationFiles({ migrationsFolder: MIGRATIONS }).map(({ sql, hash, folderMillis }, index) => ({
    name: names[index] ?? '',
    statements: sql,
    hash,
    createdAt: folderMillis,
  }));
};

/** The times of the migrations that a database has, in the table of Drizzle's own migrator; none in an empty database. */
const appliedTimes = async (client: LockingClient): Promise<number[]> => {
  const { rows: tables } = await client.query<{ found: boolean }>(
    `select to_regclass('drizzle.__drizzle_migrations') is not null as found`,
  );
  if (tables[0]?.found !== true) return [];
  const { rows } = await client.query<{ at: string }>('select created_at as at from drizzle.__drizzle_migrations');
  return rows.map(({ at }) => Number(at));
};

/** The migrations that are newer than the newest one that the database has: none if a later version has migrated it. */
const newerThan = (migrations: readonly Migration[], applied: readonly number[]): Migration[] => {
  const last = Math.max(0, ...applied);
  return migrations.filter(({ createdAt }) => createdAt > last);
};

const createLedger = async (client: LockingClient): Promise<void> => {
  await client.query('create schema if not exists drizzle');
  await client.query(
    'create table if not exists drizzle.__drizzle_migrations (id serial primary key, hash text not null, created_at bigint)',
  );
};

const applyMissing = async (client: LockingClient): Promise<string[]> => {
  const migrations = await readMigrations();
  await client.query('begin');
  try {
    await client.query('select pg_advisory_xact_lock($1)', [LOCK]);
    const applied = await appliedTimes(client);
    const missing = newerThan(migrations, applied);
    if (applied.length === 0) await createLedger(client);
    for (const { statements, hash, createdAt } of missing) {
      for (const statement of statements) await client.query(statement);
      await client.query('insert into drizzle.__drizzle_migrations (hash, created_at) values ($1, $2)', [
        hash,
        createdAt,
      ]);
    }
    await client.query('commit');
    return missing.map(({ name }) => name);
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
};

/**
 * Runs the migrations that are missing, all or none, and returns their names. When processes start together, the first one
 * migrates and the others wait. The lock belongs to the transaction, so neither a crash nor PgBouncer can leave it behind.
 * Rejects as `withLockTimeout` does, or when the database cannot be reached.
 */
export const migrate = (url: string, wait: LockWait = {}): Promise<string[]> =>
  withLockTimeout(url, wait, applyMissing);

/** The names of the migrations that `migrate` would run. Changes nothing. */
export const missingMigrations = async (client: LockingClient): Promise<string[]> =>
  newerThan(await readMigrations(), await appliedTimes(client)).map(({ name }) => name);

/** How many migrations a database has that this version does not know: a later version made them. */
export const unknownMigrations = async (client: LockingClient): Promise<number> => {
  const known = new Set((await readMigrations()).map(({ createdAt }) => createdAt));
  return (await appliedTimes(client)).filter((at) => !known.has(at)).length;
};
