import type { Executor } from '@moonlight/db';
import { sql } from 'drizzle-orm';

/** PostgreSQL's time, in milliseconds since 1970. */
export const readDatabaseTime = async (tx: Executor): Promise<number> => {
  const { rows } = await tx.execute<{ ms: number }>(
    sql`select (extract(epoch from clock_timestamp()) * 1000)::float8 as ms`,
  );
  const [row] = rows;
  if (row === undefined) throw new Error('PostgreSQL returned no time');
  return row.ms;
};
