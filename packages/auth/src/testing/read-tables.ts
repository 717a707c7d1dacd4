import type { Mail } from '@moonlight/contracts';
import { type Executor, outbox } from '@moonlight/db';
import { asc, eq, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { AuthDeps } from '../deps.ts';
import { parsePayload, unsealPayload } from '../outbox/mail-payload.ts';

const tableSchema = z.object({ name: z.string() });
const rowsSchema = z.object({ rows: z.array(z.unknown()) });

/** Every row of every table of every schema, to compare what was written. */
export const dumpTables = async (tx: Executor, except: readonly string[] = []): Promise<Record<string, unknown[]>> => {
  const tables = await tx.execute(sql`
    select quote_ident(schemaname) || '.' || quote_ident(tablename) as name from pg_tables
    where schemaname not in ('pg_catalog', 'information_schema') order by 1`);
  const dump: Record<string, unknown[]> = {};
  for (const table of tables.rows) {
    const { name } = tableSchema.parse(table);
    if (except.some((each) => name.endsWith(`.${each}`))) continue;
    // As JSON, so that rows of all types can be compared.
    const found = await tx.execute(
      sql`select coalesce(json_agg(t order by t::text), '[]') as rows from ${sql.raw(name)} t`,
    );
    dump[name] = rowsSchema.parse(found.rows[0]).rows;
  }
  return dump;
};

/** The mails that wait to be sent, opened, the oldest first. They contain links and codes. */
export const readOutbox = async ({ db, secrets }: AuthDeps): Promise<Mail[]> => {
  const pending = eq(outbox.state, 'pending');
  const rows = await db.select().from(outbox).where(pending).orderBy(asc(outbox.createdAt), asc(outbox.id));
  return rows.map((row) => parsePayload(unsealPayload(secrets.outbox, row) ?? 'null'));
};
