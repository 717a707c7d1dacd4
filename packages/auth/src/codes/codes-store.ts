import type { CodePurpose } from '@moonlight/contracts';
import { type Executor, type Tx, verificationCodes } from '@moonlight/db';
import { and, eq, inArray, isNull, sql } from 'drizzle-orm';

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
  const fresh = { ...code, attempts: 0, attemptsByIp: {}, consumedAt: null };
  await tx
    .insert(verificationCodes)
    .values({ email: email.toLowerCase(), purpose, ...fresh })
    .onConflictDoUpdate({ target: [verificationCodes.email, verificationCodes.purpose], set: fresh });
};

export interface CodeTry {
  /** One of them is stored if the code is right: one for each secret. */
  readonly codeHashes: readonly string[];
  /** A hash of the IP address that tries the code. */
  readonly ipKey: string;
  /** After one more than this in all, wrong tries are not stored, so that the row does not grow. */
  readonly mostAttempts: number;
  /** Further wrong tries of one IP address do not count in all. */
  readonly mostOfIp: number;
  readonly now: Date;
}

/**
 * Compares the hash and counts a wrong try in one statement, so that parallel tries are counted one after the other.
 * Returns the counts including this try. Without a code the same statement counts in a consumed row that no hash
 * matches, so that neither the answers nor the time tell whether a code was sent.
 */
export const tryCode = async (tx: Executor, { email, purpose }: CodeSubject, tried: CodeTry) => {
  const { codeHashes, ipKey, mostAttempts, mostOfIp, now } = tried;
  const { attempts, attemptsByIp } = verificationCodes;
  const isRight = sql<boolean>`${verificationCodes.codeHash} = any(${sql.param([...codeHashes])}::text[])`;
  const ofIp = sql<number>`coalesce((${attemptsByIp} ->> ${ipKey}::text)::int, 0)`;
  const counts = sql`(not (${isRight}) and ${attempts} <= ${mostAttempts})`;
  const isOfIpAllowed = sql`${ofIp} < ${mostOfIp}`;
  const rows = await tx
    .insert(verificationCodes)
    .values({
      email: email.toLowerCase(),
      purpose,
      codeHash: '',
      attempts: 1,
      attemptsByIp: { [ipKey]: 1 },
      createdAt: now,
      expiresAt: now,
      consumedAt: now,
    })
    .onConflictDoUpdate({
      target: [verificationCodes.email, verificationCodes.purpose],
      set: {
        attempts: sql`${attempts} + (${counts} and ${isOfIpAllowed})::int`,
        attemptsByIp: sql`case when ${counts}
          then ${attemptsByIp} || jsonb_build_object(${ipKey}::text, ${ofIp} + 1) else ${attemptsByIp} end`,
      },
    })
    .returning({
      isRight,
      attempts,
      ofIp,
      expiresAt: verificationCodes.expiresAt,
      consumedAt: verificationCodes.consumedAt,
      // The commit does not wait for the disk: what a crash forgets are the tries of its last half second.
      relaxed: sql`set_config('synchronous_commit', 'off', true)`,
    });
  const [row] = rows;
  if (row === undefined) throw new Error('an upsert returned no row');
  return row;
};

/**
 * Marks the code with one of these hashes, or any outstanding code of the subject, as consumed. Returns whether there was one.
 */
export const markCodeConsumed = async (
  tx: Tx,
  subject: CodeSubject,
  { codeHashes, now }: { codeHashes?: readonly string[]; now: Date },
): Promise<boolean> => {
  const hasHash = codeHashes === undefined ? undefined : inArray(verificationCodes.codeHash, [...codeHashes]);
  const rows = await tx
    .update(verificationCodes)
    .set({ consumedAt: now })
    .where(and(isOf(subject), hasHash, isNull(verificationCodes.consumedAt)))
    .returning({ email: verificationCodes.email });
  return rows.length === 1;
};
