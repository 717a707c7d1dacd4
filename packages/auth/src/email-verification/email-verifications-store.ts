import { emailVerifications, type Executor, prepared, type Tx, users } from '@moonlight/db';
import { and, eq, inArray, isNull, sql } from 'drizzle-orm';

/** Invalidates the account's open link, so that only the newest is valid. */
export const replaceOpenVerifications = async (tx: Tx, userId: string, now: Date): Promise<void> => {
  await tx
    .update(emailVerifications)
    .set({ replacedAt: now })
    .where(
      and(
        eq(emailVerifications.userId, userId),
        isNull(emailVerifications.replacedAt),
        isNull(emailVerifications.verifiedAt),
      ),
    );
};

/**
 * Stores a link if the account exists; an unknown account costs the same statement. When two are stored for an account
 * at the same moment, the later one replaces the other.
 */
export const insertEmailVerification = async (
  tx: Tx,
  row: { id: string; userId: string; tokenHash: string; createdAt: Date; expiresAt: Date },
): Promise<void> => {
  await insert(tx, { ...row, createdAt: row.createdAt.toISOString(), expiresAt: row.expiresAt.toISOString() });
};

const insert = prepared(
  'insert_email_verification',
  () => sql`
    insert into ${emailVerifications} (id, user_id, token_hash, created_at, expires_at)
    select ${sql.placeholder('id')}::uuid, ${users.id}, ${sql.placeholder('tokenHash')}::text,
      ${sql.placeholder('createdAt')}::timestamptz, ${sql.placeholder('expiresAt')}::timestamptz
    from ${users} where ${users.id} = ${sql.placeholder('userId')}::uuid
    on conflict (user_id) where replaced_at is null and verified_at is null do update set
      id = excluded.id, token_hash = excluded.token_hash, created_at = excluded.created_at, expires_at = excluded.expires_at`,
);

/** The link with this hash, and its account; undefined when the link is unknown. */
export const findEmailVerification = async (tx: Executor, tokenHash: string) => {
  const rows = await tx
    .select({ verification: emailVerifications, user: users })
    .from(emailVerifications)
    .innerJoin(users, eq(users.id, emailVerifications.userId))
    .where(eq(emailVerifications.tokenHash, tokenHash));
  return rows[0];
};

/** The same, unchanged until the transaction ends. The account is locked before the link; see `lockUser`. */
export const lockEmailVerification = async (tx: Tx, tokenHash: string) => {
  const owner = tx
    .select({ id: emailVerifications.userId })
    .from(emailVerifications)
    .where(eq(emailVerifications.tokenHash, tokenHash));
  await tx.select({ id: users.id }).from(users).where(inArray(users.id, owner)).for('no key update');
  return findEmailVerification(tx, tokenHash);
};

export const spendEmailVerification = async (tx: Tx, id: string, now: Date): Promise<void> => {
  await tx.update(emailVerifications).set({ verifiedAt: now }).where(eq(emailVerifications.id, id));
};
