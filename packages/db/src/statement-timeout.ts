import type pg from 'pg';

/**
 * Makes PostgreSQL cancel the statements of a new connection after this time. A statement that only the driver abandons keeps
 * its session as long as it waits for a lock, so every retry would take another of PostgreSQL's connections. Behind a pooler,
 * which makes up the process id, nothing is set: other clients would get the session with its settings.
 */
export const limitStatements = async (client: pg.ClientBase, milliseconds: number): Promise<void> => {
  if (!('processID' in client)) return;
  const text = `select set_config('statement_timeout', $1, false) where pg_backend_pid() = $2`;
  await client.query(text, [String(milliseconds), client.processID]);
};
