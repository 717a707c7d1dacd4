import type { Config } from '@moonlight/config';
import type { DatabaseClient } from '@moonlight/db';
import { type Finding, ok, wrong } from './finding.ts';

const TRIES = 3;
// "prepared statement does not exist", "prepared statement already exists".
const BROKEN = new Set(['26000', '42P05']);

const isBroken = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && BROKEN.has(error.code);

/**
 * Prepares statements of one name on two connections. Behind a pooler in transaction mode that does not know them, both
 * connections may share a session of PostgreSQL, where the name then exists already.
 */
const breaksStatements = async ({ db }: DatabaseClient): Promise<boolean> => {
  const clients = [await db.$client.connect(), await db.$client.connect()];
  try {
    for (let round = 0; round < TRIES; round += 1)
      for (const client of clients)
        await client.query({
          name: `moonlight_doctor_${process.pid}_${round}`,
          text: 'select $1::int',
          values: [round],
        });
    return false;
  } catch (error) {
    if (isBroken(error)) return true;
    throw error;
  } finally {
    for (const client of clients) client.release(true);
  }
};

/** Whether a pooler between the service and PostgreSQL breaks prepared statements, and the service uses them. */
export const checkPooler = async ({ database: settings }: Config, database: DatabaseClient): Promise<Finding> => {
  if (!(await breaksStatements(database))) return ok('database', 'prepared statements work');
  const mode = `DATABASE_PREPARED_STATEMENTS=${settings.preparedStatements}`;
  if (settings.preparedStatements !== 'on')
    return ok('database', `a pooler breaks prepared statements, so the service uses none (${mode})`);
  return wrong('database', 'DATABASE_PREPARED_STATEMENTS', [
    `a pooler in transaction mode stands in front of PostgreSQL and breaks prepared statements (${mode})`,
    'Set it to auto; or upgrade PgBouncer to 1.21 or newer with max_prepared_statements above 0.',
  ]);
};
