import { type Executor, outbox, type Tx } from '@moonlight/db';
import { and, asc, eq, inArray, lte, sql } from 'drizzle-orm';

export type OutboxRow = typeof outbox.$inferSelect;

export const insertOutboxRow = async (tx: Tx, row: typeof outbox.$inferInsert): Promise<void> => {
  await tx.insert(outbox).values(row);
};

/**
 * Claims up to `batch` due rows by moving `dueAt` to `nextDueAt`, and returns their ids. Two relays never claim the
 * same row.
 */
export const claimDueRows = async (
  tx: Executor,
  { now, nextDueAt, batch }: { now: Date; nextDueAt: Date; batch: number },
): Promise<string[]> => {
  const due = tx
    .select({ id: outbox.id })
    .from(outbox)
    .where(and(eq(outbox.state, 'pending'), lte(outbox.dueAt, now)))
    .orderBy(asc(outbox.dueAt))
    .limit(batch)
    .for('update', { skipLocked: true });
  const claimed = await tx
    .update(outbox)
    .set({ dueAt: nextDueAt })
    .where(inArray(outbox.id, due))
    .returning({ id: outbox.id });
  return claimed.map(({ id }) => id);
};

/** The row if it is pending and no other worker holds it; locked until the transaction ends. */
export const lockPendingRow = async (tx: Tx, id: string): Promise<OutboxRow | undefined> => {
  const rows = await tx
    .select()
    .from(outbox)
    .where(and(eq(outbox.id, id), eq(outbox.state, 'pending')))
    .for('update', { skipLocked: true });
  return rows[0];
};

/** Moves a row to its final state and wipes the payload. */
export const finishRow = async (
  tx: Tx,
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

/** Schedules the next attempt of a row. */
export const postponeRow = async (tx: Tx, row: { id: string; dueAt: Date; error: string }): Promise<void> => {
  await tx
    .update(outbox)
    .set({ dueAt: row.dueAt, attempts: sql`${outbox.attempts} + 1`, lastError: row.error })
    .where(eq(outbox.id, row.id));
};

/** For each state: the number of mails, and when the oldest was created (ms since 1970). */
export const readOutboxStatus = async (tx: Executor) =>
  tx
    .select({
      state: outbox.state,
      count: sql<number>`count(*)::int`,
      oldest: sql<number>`(extract(epoch from min(${outbox.createdAt})) * 1000)::float8`,
    })
    .from(outbox)
    .groupBy(outbox.state);
