import { emailVerifications, type Executor, type Tx, users } from '@moonlight/db';
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

/** Stores a link. When two are stored for an account at the same moment, the later one replaces the other. */
export const insertEmailVerification = async (
  tx: Tx,
  { id, tokenHash, createdAt, expiresAt, ...row }: typeof emailVerifications.$inferInsert,
): Promise<void> => {
  const link = { id, tokenHash, createdAt, expiresAt };
  await tx
    .insert(emailVerifications)
    .values({ ...row, ...link })
    .onConflictDoUpdate({
      target: emailVerifications.userId,
      targetWhere: sql`replaced_at is null and verified_at is null`,
      set: link,
    });
};

/** The link with this hash, and whether its account is verified; undefined when the link is unknown. */
export const findEmailVerification = async (tx: Executor, tokenHash: string) => {
  const rows = await tx
    .select({ verification: emailVerifications, emailVerifiedAt: users.emailVerifiedAt })
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
