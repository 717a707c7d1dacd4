import {
  accountNotices,
  auditLog,
  emailVerifications,
  type Executor,
  limits,
  outbox,
  passwordResets,
  sessions,
  spentCaptchas,
  users,
  verificationCodes,
} from '@moonlight/db';
import { and, type AnyColumn, isNull, lt, lte, type SQL, sql } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';
import type { AuthDeps } from '../deps.ts';
import { firstId, secondsAfter } from '../system.ts';
import { isExpiredUser } from '../users/users.ts';
import { auditLogStart } from './audit-partitions.ts';

const DAY = 86_400;
// For this time a refusal can still say "expired" instead of "unknown".
const EXPIRED_KEPT_SECONDS = 30 * DAY;
const FINISHED_MAIL_KEPT_SECONDS = 7 * DAY;

/** The tables with expired rows, in the order in which they are cleaned up. */
export const CLEANED_TABLES = [
  'users',
  'sessions',
  'email_verifications',
  'password_resets',
  'verification_codes',
  'outbox',
  'account_notices',
  'limits',
  'spent_captchas',
  'audit_log',
] as const;
export type CleanedTable = (typeof CLEANED_TABLES)[number];

type CleanUpDeps = Pick<AuthDeps, 'clock' | 'settings'>;

interface ExpiredRows {
  readonly table: PgTable;
  readonly where: SQL | undefined;
  /** The oldest rows are removed first, by the column of an index. */
  readonly oldestBy: AnyColumn;
}

/**
 * The rows that may be removed now, by table. Used links are kept, so that they are "used" or "already verified" for
 * ever.
 */
const expiredRows = (deps: CleanUpDeps): Readonly<Record<CleanedTable, ExpiredRows>> => {
  const now = deps.clock.now();
  const ago = (seconds: number) => secondsAfter(now, -seconds);
  const longExpired = ago(EXPIRED_KEPT_SECONDS);
  const { refreshTokenSeconds, sessionMaxSeconds } = deps.settings.tokens;
  // A session that was never refreshed lives this long, and every other one longer.
  const shortest = Math.min(refreshTokenSeconds, sessionMaxSeconds);
  return {
    users: { table: users, where: isExpiredUser(deps), oldestBy: users.createdAt },
    // By id, which begins with the time of the login: an index on `expires_at` would make every refresh write an index.
    sessions: {
      table: sessions,
      where: and(lt(sessions.id, firstId(secondsAfter(longExpired, -shortest))), lt(sessions.expiresAt, longExpired)),
      oldestBy: sessions.id,
    },
    email_verifications: {
      table: emailVerifications,
      where: and(lt(emailVerifications.expiresAt, longExpired), isNull(emailVerifications.verifiedAt)),
      oldestBy: emailVerifications.expiresAt,
    },
    password_resets: {
      table: passwordResets,
      where: and(lt(passwordResets.expiresAt, longExpired), isNull(passwordResets.usedAt)),
      oldestBy: passwordResets.expiresAt,
    },
    verification_codes: {
      table: verificationCodes,
      where: lt(verificationCodes.expiresAt, ago(DAY)),
      oldestBy: verificationCodes.expiresAt,
    },
    outbox: {
      table: outbox,
      where: lt(outbox.finishedAt, ago(FINISHED_MAIL_KEPT_SECONDS)),
      oldestBy: outbox.finishedAt,
    },
    account_notices: {
      table: accountNotices,
      where: and(lte(accountNotices.windowEndsAt, now), isNull(accountNotices.held)),
      oldestBy: accountNotices.windowEndsAt,
    },
    // Whole months are dropped; these are the entries from before the log had partitions.
    audit_log: { table: auditLog, where: lt(auditLog.at, auditLogStart(deps)), oldestBy: auditLog.at },
    limits: { table: limits, where: lte(limits.resetsAt, now), oldestBy: limits.resetsAt },
    spent_captchas: {
      table: spentCaptchas,
      where: lte(spentCaptchas.expiresAt, now),
      oldestBy: spentCaptchas.expiresAt,
    },
  };
};

/**
 * Removes at most `batch` expired rows of a table in one statement, and returns how many. Rows that another transaction
 * has locked are skipped, so the clean-up delays no call. (As an array the batch is selected only once. In a partitioned
 * table a row of another partition may have the same `ctid`, so the condition is repeated.)
 */
export const removeExpiredRows = async (
  tx: Executor,
  deps: CleanUpDeps,
  { name, batch }: { name: CleanedTable; batch: number },
): Promise<number> => {
  const { table, where, oldestBy } = expiredRows(deps)[name];
  const rows = sql`select ctid from ${table} where ${where} order by ${oldestBy} limit ${batch} for update skip locked`;
  const result = await tx.execute(sql`delete from ${table} where ${where} and ctid = any (array(${rows}))`);
  return result.rowCount ?? 0;
};
