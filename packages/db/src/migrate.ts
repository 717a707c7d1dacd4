import { fileURLToPath } from 'node:url';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate as runMigrations } from 'drizzle-orm/node-postgres/migrator';
import pg from 'pg';

const MIGRATIONS = fileURLToPath(new URL('./migrations/', import.meta.url));
// Any number will do, as long as every process asks for the same one.
const LOCK = 7_236_411;

const connect = async (url: string): Promise<pg.Client> => {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 });
  await client.connect();
  return client;
};

/**
 * Brings the tables up to date. Processes that start together wait for the first one: it holds the lock in a transaction
 * of its own while it migrates, so neither a crash nor PgBouncer can leave it behind. Rejects when the database is away.
 */
export const migrate = async (url: string): Promise<void> => {
  await using closing = new AsyncDisposableStack();
  const guard = await connect(url);
  closing.defer(() => guard.end());
  await guard.query('begin');
  await guard.query('select pg_advisory_xact_lock($1)', [LOCK]);
  const client = await connect(url);
  closing.defer(() => client.end());
  await runMigrations(drizzle(client), { migrationsFolder: MIGRATIONS });
  await guard.query('commit');
};
