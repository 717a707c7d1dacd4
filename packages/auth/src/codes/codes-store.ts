import type { CodePurpose } from '@moonlight/contracts';
import { type Executor, type Tx, verificationCodes } from '@moonlight/db';
import { and, eq, isNull, sql } from 'drizzle-orm';

/** A code is valid for one email, compared in lower case, and one purpose. */
export interface CodeSubject {
  readonly email: string;
  readonly purpose: CodePurpose;
}

const isOf = ({ email, purpose }: CodeSubject) =>
  and(eq(verificationCodes.email, email.toLowerCase()), eq(verificationCodes.purpose, purpose));

/** Stores the newest code of a subject; it replaces the previous one. */
export const putCode = async (
  tx: Tx,
  { email, purpose }: CodeSubject,
  code: { codeHash: string; createdAt: Date; expiresAt: Date },
): Promise<void> => {
  const fresh = { ...code, attempts: 0, consumedAt: null };
  await tx
    .insert(verificationCodes)
    .values({ email: email.toLowerCase(), purpose, ...fresh })
    .onConflictDoUpdate({ target: [verificationCodes.email, verificationCodes.purpose], set: fresh });
};

/** Compares the hash and counts a wrong attempt in one statement; undefined when there is no code to compare with. */
export const tryCode = async (tx: Executor, subject: CodeSubject, codeHash: string) => {
  const isRight = sql<boolean>`${verificationCodes.codeHash} = ${codeHash}`;
  const rows = await tx
    .update(verificationCodes)
    .set({ attempts: sql`${verificationCodes.attempts} + case when ${isRight} then 0 else 1 end` })
    .where(and(isOf(subject), isNull(verificationCodes.consumedAt)))
    .returning({ isRight, attempts: verificationCodes.attempts, expiresAt: verificationCodes.expiresAt });
  return rows[0];
};

/**
 * Marks the code with this hash, or any outstanding code of the subject, as consumed. Returns whether there was one.
 */
export const markCodeConsumed = async (
  tx: Tx,
  subject: CodeSubject,
  { codeHash, now }: { codeHash?: string; now: Date },
): Promise<boolean> => {
  const hasHash = codeHash === undefined ? undefined : eq(verificationCodes.codeHash, codeHash);
  const rows = await tx
    .update(verificationCodes)
    .set({ consumedAt: now })
    .where(and(isOf(subject), hasHash, isNull(verificationCodes.consumedAt)))
    .returning({ email: verificationCodes.email });
  return rows.length === 1;
};
