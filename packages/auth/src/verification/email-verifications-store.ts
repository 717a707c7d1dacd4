import { emailVerifications, type Executor, users } from '@moonlight/db';
import { and, eq, isNull } from 'drizzle-orm';

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

export const insertEmailVerification = async (
  tx: Executor,
  row: typeof emailVerifications.$inferInsert,
): Promise<void> => {
  await tx.insert(emailVerifications).values(row);
};

/** The link of this hash and whether its account is verified by now; undefined when it is unknown. */
export const findEmailVerification = async (tx: Executor, tokenHash: string) => {
  const rows = await tx
    .select({ verification: emailVerifications, emailVerifiedAt: users.emailVerifiedAt })
    .from(emailVerifications)
    .innerJoin(users, eq(users.id, emailVerifications.userId))
    .where(eq(emailVerifications.tokenHash, tokenHash))
    .for('update');
  return rows[0];
};

export const spendEmailVerification = async (tx: Executor, id: string, now: Date): Promise<void> => {
  await tx.update(emailVerifications).set({ verifiedAt: now }).where(eq(emailVerifications.id, id));
};
