import { createHmac } from 'node:crypto';
import type { CodePurpose } from '@moonlight/contracts';
import { type Executor, verificationCodes } from '@moonlight/db';
import { and, eq, isNull, sql } from 'drizzle-orm';

/** A code belongs to one address, compared in lower case, and one purpose. */
export interface CodeSubject {
  readonly email: string;
  readonly purpose: CodePurpose;
}

/** What a code is stored as: six digits are guessed from a plain hash at once, so it is keyed and bound to its subject. */
export const hashCode = (key: Buffer, { email, purpose }: CodeSubject, code: string): string =>
  createHmac('sha256', key)
    .update(JSON.stringify([purpose, email.toLowerCase(), code]))
    .digest('base64url');

const isOf = ({ email, purpose }: CodeSubject) =>
  and(eq(verificationCodes.email, email.toLowerCase()), eq(verificationCodes.purpose, purpose));

/** Stores the newest code of a subject; the one before stops counting. */
export const putCode = async (
  tx: Executor,
  { email, purpose }: CodeSubject,
  code: { codeHash: string; createdAt: Date; expiresAt: Date },
): Promise<void> => {
  const fresh = { ...code, attempts: 0, consumedAt: null };
  await tx
    .insert(verificationCodes)
    .values({ email: email.toLowerCase(), purpose, ...fresh })
    .onConflictDoUpdate({ target: [verificationCodes.email, verificationCodes.purpose], set: fresh });
};

/** Compares, and counts a wrong try, in one statement; undefined when there is no code to compare with. */
export const tryCode = async (tx: Executor, subject: CodeSubject, codeHash: string) => {
  const isRight = sql<boolean>`${verificationCodes.codeHash} = ${codeHash}`;
  const rows = await tx
    .update(verificationCodes)
    .set({ attempts: sql`${verificationCodes.attempts} + case when ${isRight} then 0 else 1 end` })
    .where(and(isOf(subject), isNull(verificationCodes.consumedAt)))
    .returning({ isRight, attempts: verificationCodes.attempts, expiresAt: verificationCodes.expiresAt });
  return rows[0];
};

/** Uses up the code that was checked before; of two that race for it one is told yes, and a newer code is left alone. */
export const consumeCode = async (
  tx: Executor,
  subject: CodeSubject,
  { codeHash, now }: { codeHash: string; now: Date },
): Promise<boolean> => {
  const rows = await tx
    .update(verificationCodes)
    .set({ consumedAt: now })
    .where(and(isOf(subject), eq(verificationCodes.codeHash, codeHash), isNull(verificationCodes.consumedAt)))
    .returning({ email: verificationCodes.email });
  return rows.length === 1;
};

/** Makes the outstanding code of a subject worthless. */
export const withdrawCode = async (tx: Executor, subject: CodeSubject, now: Date): Promise<void> => {
  await tx
    .update(verificationCodes)
    .set({ consumedAt: now })
    .where(and(isOf(subject), isNull(verificationCodes.consumedAt)));
};
