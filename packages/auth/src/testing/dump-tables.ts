import { sql } from 'drizzle-orm';
import type { Executor } from '@moonlight/db';
import { z } from 'zod';

const tableSchema = z.object({ name: z.string() });
const rowsSchema = z.object({ rows: z.array(z.unknown()) });

/** Every row of every table, whoever owns it: to see that nothing was written, or what was. */
export const dumpTables = async (db: Executor, except: readonly string[] = []): Promise<Record<string, unknown[]>> => {
  const tables = await db.execute(sql`
    select quote_ident(schemaname) || '.' || quote_ident(tablename) as name from pg_tables
    where schemaname not in ('pg_catalog', 'information_schema') order by 1`);
  const dump: Record<string, unknown[]> = {};
  for (const table of tables.rows) {
    const { name } = tableSchema.parse(table);
    if (except.some((each) => name.endsWith(`.${each}`))) continue;
    // As JSON: rows compare alike whatever their types are.
    const found = await db.execute(
      sql`select coalesce(json_agg(t order by t::text), '[]') as rows from ${sql.raw(name)} t`,
    );
    dump[name] = rowsSchema.parse(found.rows[0]).rows;
  }
  return dump;
};
