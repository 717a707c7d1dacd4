import { type Executor, outbox, type Tx } from '@moonlight/db';
import { and, asc, desc, eq, gt, inArray, isNotNull, lt, sql } from 'drizzle-orm';

type OutboxRow = typeof outbox.$inferSelect;

/** What an operator may see of a mail: all but its payload. */
export type StoredMail = Omit<OutboxRow, 'payload' | 'traceparent'>;

/** Which mails to list. */
export interface MailFilter {
  readonly state: OutboxRow['state'] | undefined;
  readonly kind: string | undefined;
  readonly limit: number;
}

const visible = {
  id: outbox.id,
  channel: outbox.channel,
  kind: outbox.kind,
  state: outbox.state,
  attempts: outbox.attempts,
  createdAt: outbox.createdAt,
  dueAt: outbox.dueAt,
  expiresAt: outbox.expiresAt,
  finishedAt: outbox.finishedAt,
  lastError: outbox.lastError,
  requestId: outbox.requestId,
};

/** The newest mails, of one state and kind if they are given. */
export const selectMails = (tx: Executor, { state, kind, limit }: MailFilter): Promise<StoredMail[]> =>
  tx
    .select(visible)
    .from(outbox)
    .where(
      and(
        state === undefined ? undefined : eq(outbox.state, state),
        kind === undefined ? undefined : eq(outbox.kind, kind),
      ),
    )
    .orderBy(desc(outbox.id))
    .limit(limit);

export const selectMail = async (tx: Executor, id: string): Promise<StoredMail | undefined> =>
  (
    await tx
      .select(visible)
      .from(outbox)
      .where(sql`${outbox.id}::text = ${id.toLowerCase()}`)
  )[0];

/** Makes waiting mails due, one or all of them. Returns their ids. A mail that a worker is sending is left alone. */
export const makeDue = async (tx: Tx, { id, now }: { id: string | undefined; now: Date }): Promise<string[]> => {
  const rows = await tx
    .update(outbox)
    .set({ dueAt: now })
    .where(
      and(
        eq(outbox.state, 'pending'),
        gt(outbox.expiresAt, now),
        gt(outbox.dueAt, now),
        id === undefined ? undefined : sql`${outbox.id}::text = ${id.toLowerCase()}`,
      ),
    )
    .returning({ id: outbox.id });
  return rows.map((row) => row.id);
};

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
