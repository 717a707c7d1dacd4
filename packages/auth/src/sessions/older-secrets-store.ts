import { type Executor, sessions } from '@moonlight/db';
import { and, count, gt, isNull, max, sql } from 'drizzle-orm';

/**
 * The valid sessions whose refresh token is not signed by the secret: their number, when the last one expires without a
 * refresh, and when the newest of these tokens was issued. Reads the whole table.
 */
export const summarizeOtherSecrets = async (tx: Executor, { secretId, now }: { secretId: string; now: Date }) => {
  const [summary] = await tx
    .select({ count: count(), until: max(sessions.expiresAt), newest: max(sessions.rotatedAt) })
    .from(sessions)
    .where(
      and(
        sql`${sessions.secretId} is distinct from ${secretId}`,
        isNull(sessions.revokedAt),
        gt(sessions.expiresAt, now),
      ),
    );
  return summary ?? { count: 0, until: null, newest: null };
};
