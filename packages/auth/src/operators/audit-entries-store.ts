import { auditLog, type Executor } from '@moonlight/db';
import { and, desc, eq, gte, inArray } from 'drizzle-orm';

/** An entry of the audit log. */
export type StoredAuditEntry = typeof auditLog.$inferSelect;

/** Which entries to list. */
export interface AuditFilter {
  /** The entries of these accounts; undefined for all entries. */
  readonly userIds: readonly string[] | undefined;
  readonly event: string | undefined;
  readonly since: Date | undefined;
  readonly limit: number;
}

/** The newest entries. */
export const selectAuditEntries = (
  tx: Executor,
  { userIds, event, since, limit }: AuditFilter,
): Promise<StoredAuditEntry[]> =>
  tx
    .select()
    .from(auditLog)
    .where(
      and(
        userIds === undefined ? undefined : inArray(auditLog.userId, [...userIds]),
        event === undefined ? undefined : eq(auditLog.event, event),
        since === undefined ? undefined : gte(auditLog.at, since),
      ),
    )
    .orderBy(desc(auditLog.at), desc(auditLog.id))
    .limit(limit);
