import { type Executor, spentCaptchas } from '@moonlight/db';
import { sql } from 'drizzle-orm';

/** A captcha solution by what makes it unique, and when it need not be remembered any longer. */
interface SpentCaptcha {
  readonly hash: string;
  readonly expiresAt: Date;
}

/** Marks a solution as used. True for exactly one of all calls with the same hash, however many run at once. */
export const spendCaptcha = async (db: Executor, spent: SpentCaptcha): Promise<boolean> => {
  const { rowCount } = await db.insert(spentCaptchas).values(spent).onConflictDoNothing();
  return rowCount === 1;
};

/**
 * Removes at most `batch` solutions that need not be remembered, the oldest first, and answers how many. What another
 * clean-up is removing is passed over. (As an array the batch is picked only once.)
 */
export const removeExpiredSpentCaptchas = async (db: Executor, now: Date, batch: number): Promise<number> => {
  const { rowCount } = await db.execute(sql`
    delete from ${spentCaptchas} where hash = any (array(
      select hash from ${spentCaptchas} where expires_at <= ${now.toISOString()}::timestamptz
      order by expires_at limit ${batch} for update skip locked
    ))`);
  return rowCount ?? 0;
};
