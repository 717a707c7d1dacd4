import { type Executor, insertInto, outbox, type Tx } from '@moonlight/db';
import { and, asc, lte, sql } from 'drizzle-orm';

export type OutboxRow = typeof outbox.$inferSelect;

export const insertOutboxRow: (tx: Tx, row: typeof outbox.$inferInsert) => Promise<void> = insertInto(outbox);

// Written as constants, so that every plan can use the partial index `outbox_due_idx`.
const isOpen = sql`${outbox.state} in ('pending', 'sending')`;

/**
 * Claims up to `limit` mails that are due: mails to be sent, and mails whose worker has lost its lease. Two workers never
 * claim the same mail. Until `leaseEnd` no other worker claims it; `attempts` identifies the claim. (As an array the
 * rows are selected only once.)
 */
export const claimMails = (
  tx: Executor,
  { now, leaseEnd, limit }: { now: Date; leaseEnd: Date; limit: number },
): Promise<OutboxRow[]> => {
  const due = tx
    .select({ id: outbox.id })
    .from(outbox)
    .where(and(isOpen, lte(outbox.dueAt, now)))
    .orderBy(asc(outbox.dueAt))
    .limit(limit)
    .for('update', { skipLocked: true });
  return tx
    .update(outbox)
    .set({ state: 'sending', dueAt: leaseEnd, attempts: sql`${outbox.attempts} + 1` })
    .where(sql`${outbox.id} = any(array(${due}))`)
    .returning();
};

/** How the attempt that `claimMails` numbered ended. */
export interface EndedAttempt {
  readonly id: string;
  readonly kind: string;
  readonly attempts: number;
  /** `pending`: the mail is tried again. */
  readonly state: Exclude<OutboxRow['state'], 'sending'>;
  /** Whether the mail itself was tried; if not, the attempt does not count. */
  readonly isCounted: boolean;
  /** When it ended or, of a pending mail, when it is tried again. */
  readonly at: Date;
  readonly error: string | null;
}

/**
 * Records how attempts ended, in one statement, and wipes the payloads of finished mails. Returns the ids that were
 * recorded: a mail that another worker has claimed since is left out.
 */
export const recordAttempts = async (tx: Executor, attempts: readonly EndedAttempt[]): Promise<Set<string>> => {
  const recorded = await tx
    .update(outbox)
    .set({
      state: sql`ended.state`,
      payload: sql`case when ended.state = 'pending' then ${outbox.payload} end`,
      dueAt: sql`case when ended.state = 'pending' then ended.at else ${outbox.dueAt} end`,
      finishedAt: sql`case when ended.state <> 'pending' then ended.at end`,
      attempts: sql`${outbox.attempts} - (not ended."isCounted")::int`,
      lastError: sql`ended.error`,
    })
    .from(
      sql`jsonb_to_recordset(${JSON.stringify(attempts)}::jsonb)
        as ended(id uuid, attempts int, state text, "isCounted" boolean, at timestamptz, error text)`,
    )
    .where(and(sql`${outbox.id} = ended.id`, sql`${outbox.attempts} = ended.attempts`))
    .returning({ id: outbox.id });
  return new Set(recorded.map(({ id }) => id));
};

/** For each state and kind of unfinished mails: their number, and when the oldest was created (ms since 1970). */
export const readOutboxStatus = async (tx: Executor) =>
  tx
    .select({
      state: outbox.state,
      kind: outbox.kind,
      count: sql<number>`count(*)::int`,
      oldest: sql<number>`(extract(epoch from min(${outbox.createdAt})) * 1000)::float8`,
    })
    .from(outbox)
    .where(isOpen)
    .groupBy(outbox.state, outbox.kind);
