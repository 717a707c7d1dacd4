import { auditLog, type Executor } from '@moonlight/db';
import { and, desc, eq, gte, sql } from 'drizzle-orm';

/** An entry of the audit log. */
export type StoredAuditEntry = typeof auditLog.$inferSelect;

/** Which entries to list. */
export interface AuditFilter {
  readonly userId: string | undefined;
  readonly event: string | undefined;
  readonly since: Date | undefined;
  readonly limit: number;
}

/** The newest entries. */
export const selectAuditEntries = (
  tx: Executor,
  { userId, event, since, limit }: AuditFilter,
): Promise<StoredAuditEntry[]> =>
  tx
    .select()
    .from(auditLog)
    .where(
      and(
        userId === undefined ? undefined : sql`${auditLog.userId} = ${userId}::uuid`,
        event === undefined ? undefined : eq(auditLog.event, event),
        since === undefined ? undefined : gte(auditLog.at, since),
      ),
    )
    .orderBy(desc(auditLog.at), desc(auditLog.id))
    .limit(limit);
