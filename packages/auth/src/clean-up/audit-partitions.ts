import { transaction } from '@moonlight/db';
import type { AuthDeps } from '../deps.ts';
import { secondsAfter } from '../system.ts';
import {
  createAuditPartition,
  dropAuditPartition,
  lockAuditPartitions,
  readAuditPartitions,
} from './audit-partitions-store.ts';

const MONTHS_AHEAD = 2;

/** The start of the month of `moment` (UTC), or of the month `later` months after it. */
export const startOfMonth = (moment: Date, later = 0): Date =>
  new Date(Date.UTC(moment.getUTCFullYear(), moment.getUTCMonth() + later));

/** Before this moment the audit log is removed, by whole months. */
export const auditLogStart = ({ clock, settings }: Pick<AuthDeps, 'clock' | 'settings'>): Date =>
  startOfMonth(secondsAfter(clock.now(), -settings.accounts.auditRetentionSeconds));

/** `audit_log_2026_12` */
const nameOf = (month: Date): string => `audit_log_${month.toISOString().slice(0, 7).replace('-', '_')}`;

/**
 * Creates the partitions of the audit log for this month and the two after it, and drops those whose entries have all been
 * kept long enough. Returns how many were dropped. Rejects when calls are writing entries all the time; then the next run
 * tries again.
 */
export const rotateAuditPartitions = async (deps: Pick<AuthDeps, 'db' | 'clock' | 'settings'>): Promise<number> => {
  const now = deps.clock.now();
  const known = await readAuditPartitions(deps.db);
  const expired = known.filter(({ endsAt }) => endsAt <= auditLogStart(deps));
  const newest = Math.max(...known.map(({ endsAt }) => endsAt.getTime()));
  const months = Array.from({ length: MONTHS_AHEAD + 1 }, (_, later) => startOfMonth(now, later));
  const missing = months.filter((month) => month.getTime() >= newest);
  if (expired.length + missing.length === 0) return 0;
  return transaction(deps.db, async (tx) => {
    if (!(await lockAuditPartitions(tx))) return 0;
    for (const startsAt of missing)
      await createAuditPartition(tx, { name: nameOf(startsAt), startsAt, endsAt: startOfMonth(startsAt, 1) });
    for (const { name } of expired) await dropAuditPartition(tx, name);
    return expired.length;
  });
};
