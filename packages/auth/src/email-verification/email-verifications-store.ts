import { emailVerifications, type Executor, users } from '@moonlight/db';
import { and, eq, isNull, sql } from 'drizzle-orm';

/** Makes the account's open link worthless, so that only the newest counts. */
export const replaceOpenVerifications = async (tx: Executor, userId: string, now: Date): Promise<void> => {
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

/** Stores a link. Of two of an account at the same instant the later one takes the place of the other. */
export const insertEmailVerification = async (
  tx: Executor,
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

const selectByHash = (db: Executor, tokenHash: string) =>
  db
    .select({ verification: emailVerifications, emailVerifiedAt: users.emailVerifiedAt })
    .from(emailVerifications)
    .innerJoin(users, eq(users.id, emailVerifications.userId))
    .where(eq(emailVerifications.tokenHash, tokenHash));

/** The link of this hash and whether its account is verified by now; undefined when it is unknown. */
export const findEmailVerification = async (db: Executor, tokenHash: string) => (await selectByHash(db, tokenHash))[0];

/** The same, locked until the transaction ends. */
export const lockEmailVerification = async (tx: Executor, tokenHash: string) =>
  (await selectByHash(tx, tokenHash).for('update'))[0];

export const spendEmailVerification = async (tx: Executor, id: string, now: Date): Promise<void> => {
  await tx.update(emailVerifications).set({ verifiedAt: now }).where(eq(emailVerifications.id, id));
};
