import { fileURLToPath } from 'node:url';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate as runMigrations } from 'drizzle-orm/node-postgres/migrator';
import pg from 'pg';

const MIGRATIONS = fileURLToPath(new URL('./migrations/', import.meta.url));
// An arbitrary number; every process must use the same one.
const LOCK = 7_236_411;

const connect = async (url: string): Promise<pg.Client> => {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 });
  await client.connect();
  return client;
};

/**
 * Runs the migrations that are missing. When processes start together, the first one migrates and the others wait. The
 * lock belongs to a separate transaction, so neither a crash nor PgBouncer can leave it behind. Rejects when the
 * database cannot be reached.
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
