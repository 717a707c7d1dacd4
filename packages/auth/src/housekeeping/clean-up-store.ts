import {
  auditLog,
  emailVerifications,
  type Executor,
  outbox,
  passwordResets,
  sessions,
  users,
  verificationCodes,
} from '@moonlight/db';
import { and, isNull, lt, ne, type SQL, sql } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';
import { secondsAfter } from '../clock.ts';
import type { AuthDeps } from '../deps.ts';
import { isGone } from '../users/users-store.ts';

const DAY = 86_400;
// How long a refusal can still say "expired" instead of "unknown".
const EXPIRED_KEPT_SECONDS = 30 * DAY;
const FINISHED_MAIL_KEPT_SECONDS = 7 * DAY;

export interface Leftover {
  readonly name: string;
  readonly table: PgTable;
  readonly where: SQL | undefined;
}

/** What may be removed now. Used links stay, because they answer "used" and "already verified" however late. */
export const leftovers = (deps: Pick<AuthDeps, 'clock' | 'settings'>): Leftover[] => {
  const ago = (seconds: number) => secondsAfter(deps.clock.now(), -seconds);
  const expired = ago(EXPIRED_KEPT_SECONDS);
  const unspentVerification = isNull(emailVerifications.verifiedAt);
  const unspentReset = isNull(passwordResets.usedAt);
  return [
    { name: 'users', table: users, where: isGone(deps) },
    { name: 'sessions', table: sessions, where: lt(sessions.expiresAt, expired) },
    {
      name: 'email_verifications',
      table: emailVerifications,
      where: and(lt(emailVerifications.expiresAt, expired), unspentVerification),
    },
    { name: 'password_resets', table: passwordResets, where: and(lt(passwordResets.expiresAt, expired), unspentReset) },
    { name: 'verification_codes', table: verificationCodes, where: lt(verificationCodes.expiresAt, ago(DAY)) },
    {
      name: 'outbox',
      table: outbox,
      where: and(lt(outbox.finishedAt, ago(FINISHED_MAIL_KEPT_SECONDS)), ne(outbox.state, 'pending')),
    },
    { name: 'audit_log', table: auditLog, where: lt(auditLog.at, ago(deps.settings.accounts.auditRetentionSeconds)) },
  ];
};

/** Removes at most `batch` rows of a leftover, passing over rows that somebody works on; answers how many. */
export const removeLeftovers = async (db: Executor, { table, where }: Leftover, batch: number): Promise<number> => {
  const rows = sql`select ctid from ${table} where ${where} limit ${batch} for update skip locked`;
  const result = await db.execute(sql`delete from ${table} where ctid = any (array(${rows}))`);
  return result.rowCount ?? 0;
};
