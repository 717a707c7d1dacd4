import { fileURLToPath } from 'node:url';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate as runMigrations } from 'drizzle-orm/node-postgres/migrator';
import pg from 'pg';

const MIGRATIONS = fileURLToPath(new URL('./migrations/', import.meta.url));
// Any number will do, as long as every process asks for the same one.
const LOCK = 7_236_411;

/**
 * Brings the tables up to date. Processes that start together wait for the first one: the lock is held by the
 * transaction that migrates, so neither a crash nor PgBouncer can leave it behind. Rejects when the database is away.
 */
export const migrate = async (url: string): Promise<void> => {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 });
  await client.connect();
  try {
    await client.query('begin');
    await client.query('select pg_advisory_xact_lock($1)', [LOCK]);
    await runMigrations(drizzle(client), { migrationsFolder: MIGRATIONS });
    await client.query('commit');
  } finally {
    await client.end();
  }
};
