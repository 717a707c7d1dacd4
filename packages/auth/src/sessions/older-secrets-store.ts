import { type Executor, sessions } from '@moonlight/db';
import { asc, gt, sql } from 'drizzle-orm';

interface Asked {
  readonly secretId: string;
  readonly now: Date;
  readonly after: string;
  readonly limit: number;
}

/**
 * Among the `limit` sessions after `after`, the valid ones whose refresh token is not signed by the secret: their number,
 * when the last one expires without a refresh, and when the newest of these tokens was issued (ms since 1970). `last` is the
 * id to continue after; null if there are no more.
 */
export const summarizeOtherSecrets = async (tx: Executor, { secretId, now, after, limit }: Asked) => {
  const { id, revokedAt, expiresAt, rotatedAt } = sessions;
  const part = tx
    .select({ id, revokedAt, expiresAt, rotatedAt, secretId: sessions.secretId })
    .from(sessions)
    .where(gt(id, after))
    .orderBy(asc(id))
    .limit(limit)
    .as('part');
  const counts = sql`${part.secretId} is distinct from ${secretId}
    and ${part.revokedAt} is null and ${part.expiresAt} > ${now.toISOString()}::timestamptz`;
  const newestOf = (moment: typeof part.expiresAt | typeof part.rotatedAt) =>
    sql<number | null>`(extract(epoch from max(${moment}) filter (where ${counts})) * 1000)::float8`;
  const [summary] = await tx
    .select({
      count: sql<number>`(count(*) filter (where ${counts}))::int`,
      until: newestOf(part.expiresAt),
      newest: newestOf(part.rotatedAt),
      last: sql<string | null>`(array_agg(${part.id} order by ${part.id} desc))[1]`,
    })
    .from(part);
  return summary ?? { count: 0, until: null, newest: null, last: null };
};
