import { NOTICE_KINDS } from '@moonlight/contracts';
import {
  accountNotices,
  emailVerifications,
  type Executor,
  outbox,
  passwordResets,
  sessions,
  type Tx,
  verificationCodes,
} from '@moonlight/db';
import { and, desc, gt, inArray, isNotNull, isNull, notInArray, type SQLWrapper, sql } from 'drizzle-orm';

/** When the newest session or mail was created; null in a database without any. */
export const findNewestEntry = async (tx: Executor): Promise<Date | null> => {
  const found = await Promise.all([
    tx.select({ at: sessions.createdAt }).from(sessions).orderBy(desc(sessions.id)).limit(1),
    tx.select({ at: outbox.createdAt }).from(outbox).orderBy(desc(outbox.id)).limit(1),
  ]);
  const times = found.flat().map(({ at }) => at.getTime());
  return times.length === 0 ? null : new Date(Math.max(...times));
};

/** Runs a change that returns a row for each row it changed, and returns only their number. */
const countOf = async (tx: Tx, change: SQLWrapper): Promise<number> => {
  const { rows } = await tx.execute<{ count: number }>(
    sql`with changed as ${change} select count(*)::int as count from changed`,
  );
  return rows[0]?.count ?? 0;
};

const one = { one: sql`1`.as('one') };

interface Drop {
  readonly now: Date;
  /** Notices stay queued. */
  readonly keepsNotices: boolean;
}

/** Finishes unfinished mails without sending them, and wipes their payloads. Returns how many. */
export const dropUnsentMails = (tx: Tx, { now, keepsNotices }: Drop): Promise<number> => {
  const unfinished = inArray(outbox.state, ['pending', 'sending']);
  const isNoNotice = notInArray(outbox.kind, [...NOTICE_KINDS, 'security-notices']);
  const change = tx
    .update(outbox)
    .set({ state: 'expired', payload: null, finishedAt: now, lastError: 'restored from a backup' })
    .where(and(unfinished, keepsNotices ? isNoNotice : undefined))
    .returning(one);
  return countOf(tx, change);
};

/** Forgets the notices that were held back until the hour of their account ends. Returns of how many accounts. */
export const dropHeldNotices = (tx: Tx): Promise<number> =>
  countOf(tx, tx.delete(accountNotices).where(isNotNull(accountNotices.held)).returning(one));

/**
 * Makes every link invalid that could be used. Returns how many there were. Expired ones are kept for a month, and would be too
 * many for one statement.
 */
export const withdrawAllLinks = async (tx: Tx, now: Date): Promise<number> => {
  const verifications = tx
    .update(emailVerifications)
    .set({ replacedAt: now })
    .where(
      and(
        isNull(emailVerifications.replacedAt),
        isNull(emailVerifications.verifiedAt),
        gt(emailVerifications.expiresAt, now),
      ),
    )
    .returning(one);
  const resets = tx
    .update(passwordResets)
    .set({ replacedAt: now })
    .where(and(isNull(passwordResets.replacedAt), isNull(passwordResets.usedAt), gt(passwordResets.expiresAt, now)))
    .returning(one);
  return (await countOf(tx, verifications)) + (await countOf(tx, resets));
};

/** Makes every code invalid that could be used. Returns how many there were. */
export const withdrawAllCodes = (tx: Tx, now: Date): Promise<number> =>
  countOf(
    tx,
    tx
      .update(verificationCodes)
      .set({ consumedAt: now })
      .where(and(isNull(verificationCodes.consumedAt), gt(verificationCodes.expiresAt, now)))
      .returning(one),
  );

/**
 * Ends the valid ones among the `limit` sessions after `after`. Returns how many, and the id to continue after: null if there
 * are no more. (As an array the ids are looked up in the index, also without statistics, which a restored table has none of.)
 */
export const endSessionsAfter = async (
  tx: Executor,
  { after, now, limit }: { after: string; now: Date; limit: number },
): Promise<{ ended: number; last: string | null }> => {
  const at = sql`${now.toISOString()}::timestamptz`;
  const { rows } = await tx.execute<{ ended: number; last: string | null }>(sql`
    with part as (select id from ${sessions} where id > ${after}::uuid order by id limit ${limit}),
    ended as (
      update ${sessions} set revoked_at = ${at}, revoke_reason = 'restored'
      where id = any (array(select id from part)) and revoked_at is null and expires_at > ${at} returning 1)
    select (select count(*)::int from ended) as ended, (select id from part order by id desc limit 1) as last`);
  return rows[0] ?? { ended: 0, last: null };
};
