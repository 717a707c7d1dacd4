import { auditLog, type Executor, insertInto, prepared, type StatementWriter } from '@moonlight/db';
import { and, eq, isNull, max, min, type SQLWrapper, sql } from 'drizzle-orm';

type AuditRow = typeof auditLog.$inferInsert;

export const insertAuditRow: (tx: Executor, row: AuditRow) => Promise<void> = insertInto(auditLog);

/**
 * Prepares one statement that runs `change`, which returns at most one `user_id`, and inserts the entry for that account. It
 * gets the values of both, and returns whether anything was changed.
 */
export const insertAuditRowOf = (name: string, change: (db: StatementWriter) => SQLWrapper) => {
  const text = (field: string) => sql`${sql.placeholder(field)}::text`;
  const run = prepared(
    name,
    (db) => sql`
    with changed as ${change(db)}
    insert into ${auditLog} (id, at, event, user_id, ip, user_agent, request_id, details)
    select ${sql.placeholder('id')}::uuid, ${sql.placeholder('at')}::timestamptz, ${text('event')}, user_id,
      ${text('ip')}, ${text('userAgent')}, ${text('requestId')}, ${sql.placeholder('details')}::jsonb
    from changed returning user_id`,
  );
  return async (
    tx: Executor,
    values: Readonly<Record<string, unknown>>,
    { at, details, ...row }: Omit<AuditRow, 'userId'>,
  ): Promise<boolean> => {
    const entry = { ...row, at: at.toISOString(), details: JSON.stringify(details) };
    return (await run(tx, { ...values, ...entry })).length === 1;
  };
};

/** When an entry without an account was written for the first and the last time that has `event` and the detail. */
export const selectTimesOf = async (
  tx: Executor,
  { event, detail, value }: { event: string; detail: string; value: string },
): Promise<{ first: Date | null; last: Date | null }> => {
  const [times] = await tx
    .select({ first: min(auditLog.at), last: max(auditLog.at) })
    .from(auditLog)
    .where(and(isNull(auditLog.userId), eq(auditLog.event, event), sql`${auditLog.details} ->> ${detail} = ${value}`));
  return times ?? { first: null, last: null };
};
