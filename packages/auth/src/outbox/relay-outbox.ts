import type { AuthDeps } from '../deps.ts';
import { secondsAfter } from '../system.ts';
import { claimDueRows, readOutboxStatus } from './outbox-store.ts';

// A row that is still pending after this time is queued again, because the queue may have lost it.
const REQUEUE_AFTER_SECONDS = 30;
const BATCH = 200;

type RelayDeps = Pick<AuthDeps, 'db' | 'clock' | 'mailQueue'>;

/** Adds every due mail to the queue by its id alone. Returns how many; rejects when the database or the queue fails. */
export const relayOutbox = async ({ db, clock, mailQueue }: RelayDeps): Promise<number> => {
  let queued = 0;
  for (;;) {
    const now = clock.now();
    const ids = await claimDueRows(db, { now, nextDueAt: secondsAfter(now, REQUEUE_AFTER_SECONDS), batch: BATCH });
    if (ids.length > 0) await mailQueue.add(ids);
    queued += ids.length;
    if (ids.length < BATCH) return queued;
  }
};

/** For each state: the number of mails, and when the oldest was created (ms since 1970). */
export const outboxStatus = ({ db }: Pick<AuthDeps, 'db'>) => readOutboxStatus(db);
