import { auditLog, type Executor, insertInto } from '@moonlight/db';
import { and, eq, isNull, max, min, type SQLWrapper, sql } from 'drizzle-orm';

type AuditRow = typeof auditLog.$inferInsert;

export const insertAuditRow: (tx: Executor, row: AuditRow) => Promise<void> = insertInto(auditLog);

/**
 * Runs `change`, a statement that returns at most one `user_id`, and inserts the entry for that account, in one statement.
 * Returns whether anything was changed.
 */
export const insertAuditRowOf = async (
  tx: Executor,
  change: SQLWrapper,
  { id, at, event, ip, userAgent, requestId, details }: Omit<AuditRow, 'userId'>,
): Promise<boolean> => {
  const { rowCount } = await tx.execute(sql`
    with changed as ${change}
    insert into ${auditLog} (id, at, event, user_id, ip, user_agent, request_id, details)
    select ${id}::uuid, ${at.toISOString()}::timestamptz, ${event}, user_id, ${ip}, ${userAgent}, ${requestId},
      ${JSON.stringify(details)}::jsonb
    from changed returning user_id`);
  return rowCount === 1;
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
