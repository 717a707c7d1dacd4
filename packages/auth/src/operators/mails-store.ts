import { type Executor, outbox } from '@moonlight/db';
import { and, asc, desc, eq, inArray, isNotNull, lt, sql } from 'drizzle-orm';

/** Unfinished mails that no worker has tried although they have waited since before `since`. */
export const countUntried = async (tx: Executor, since: Date): Promise<{ count: number; oldest: Date | null }> => {
  const rows = await tx
    .select({ count: sql<number>`count(*)::int`, oldest: sql<string | null>`min(${outbox.createdAt})` })
    .from(outbox)
    .where(and(eq(outbox.state, 'pending'), eq(outbox.attempts, 0), lt(outbox.createdAt, since)));
  const [{ count, oldest } = { count: 0, oldest: null }] = rows;
  return { count, oldest: oldest === null ? null : new Date(oldest) };
};

/** Unfinished mails that have failed at least `attempts` times, by their last error. */
export const countFailing = (tx: Executor, attempts: number) =>
  tx
    .select({ error: outbox.lastError, count: sql<number>`count(*)::int` })
    .from(outbox)
    .where(
      and(
        inArray(outbox.state, ['pending', 'sending']),
        sql`${outbox.attempts} >= ${attempts}`,
        isNotNull(outbox.lastError),
      ),
    )
    .groupBy(outbox.lastError)
    .orderBy(desc(sql`count(*)`));

/** The sealed payloads of the oldest unfinished mails. */
export const selectOldestPayloads = (tx: Executor, limit: number) =>
  tx
    .select({ id: outbox.id, payload: outbox.payload })
    .from(outbox)
    .where(inArray(outbox.state, ['pending', 'sending']))
    .orderBy(asc(outbox.dueAt))
    .limit(limit);
