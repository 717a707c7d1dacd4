import { type Executor, outbox } from '@moonlight/db';
import { and, asc, eq, inArray, lte, sql } from 'drizzle-orm';

export type OutboxRow = typeof outbox.$inferSelect;

export const insertOutboxRow = async (tx: Executor, row: typeof outbox.$inferInsert): Promise<void> => {
  await tx.insert(outbox).values(row);
};

/** Takes up to `batch` rows that are due and makes them due again at `nextDueAt`; two relays never take the same row. */
export const claimDueRows = async (
  db: Executor,
  { now, nextDueAt, batch }: { now: Date; nextDueAt: Date; batch: number },
): Promise<string[]> => {
  const due = db
    .select({ id: outbox.id })
    .from(outbox)
    .where(and(eq(outbox.state, 'pending'), lte(outbox.dueAt, now)))
    .orderBy(asc(outbox.dueAt))
    .limit(batch)
    .for('update', { skipLocked: true });
  const claimed = await db
    .update(outbox)
    .set({ dueAt: nextDueAt })
    .where(inArray(outbox.id, due))
    .returning({ id: outbox.id });
  return claimed.map(({ id }) => id);
};

/** The row if it still waits to be sent and nobody else is at it; locked until the transaction ends. */
export const lockPendingRow = async (tx: Executor, id: string): Promise<OutboxRow | undefined> => {
  const rows = await tx
    .select()
    .from(outbox)
    .where(and(eq(outbox.id, id), eq(outbox.state, 'pending')))
    .for('update', { skipLocked: true });
  return rows[0];
};

/** Every mail that waits to be sent, in the order they were promised. */
export const pendingRows = async (db: Executor): Promise<OutboxRow[]> =>
  db.select().from(outbox).where(eq(outbox.state, 'pending')).orderBy(asc(outbox.createdAt), asc(outbox.id));

/** Ends a row's life: the payload is wiped. */
export const finishRow = async (
  tx: Executor,
  row: { id: string; state: 'sent' | 'refused' | 'expired'; now: Date; error?: string },
): Promise<void> => {
  await tx
    .update(outbox)
    .set({
      state: row.state,
      payload: null,
      finishedAt: row.now,
      attempts: sql`${outbox.attempts} + ${row.state === 'expired' ? 0 : 1}`,
      lastError: row.error ?? null,
    })
    .where(eq(outbox.id, row.id));
};

/** Plans the next try of a row. */
export const postponeRow = async (tx: Executor, row: { id: string; dueAt: Date; error: string }): Promise<void> => {
  await tx
    .update(outbox)
    .set({ dueAt: row.dueAt, attempts: sql`${outbox.attempts} + 1`, lastError: row.error })
    .where(eq(outbox.id, row.id));
};

/** How many mails are in which state, and since when (ms since 1970) the oldest pending one waits. */
export const outboxStatus = async (db: Executor) =>
  db
    .select({
      state: outbox.state,
      count: sql<number>`count(*)::int`,
      oldest: sql<number>`(extract(epoch from min(${outbox.createdAt})) * 1000)::float8`,
    })
    .from(outbox)
    .groupBy(outbox.state);
