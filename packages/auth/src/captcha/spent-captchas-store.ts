import { type Executor, spentCaptchas } from '@moonlight/db';

/** A used captcha solution: a hash that identifies it, and the time from which it may be forgotten. */
interface SpentCaptcha {
  readonly hash: string;
  readonly expiresAt: Date;
}

/** Marks a solution as used. Exactly one of all calls with the same hash returns true, also of concurrent ones. */
export const spendCaptcha = async (tx: Executor, spent: SpentCaptcha): Promise<boolean> => {
  const { rowCount } = await tx.insert(spentCaptchas).values(spent).onConflictDoNothing();
  return rowCount === 1;
};
