import { secondsAfter } from '../clock.ts';
import type { AuthDeps } from '../deps.ts';
import { claimDueRows } from './outbox-store.ts';

// A row that was handed over and not finished is handed over again after so long: the queue may have lost it.
const HANDED_OVER_SECONDS = 30;
const BATCH = 200;

type RelayDeps = Pick<AuthDeps, 'db' | 'clock' | 'mailQueue'>;

/** Hands every due mail to the queue, as ids alone. Answers how many; rejects when database or queue is away. */
export const relayOutbox = async ({ db, clock, mailQueue }: RelayDeps): Promise<number> => {
  let handed = 0;
  for (;;) {
    const now = clock.now();
    const ids = await claimDueRows(db, { now, nextDueAt: secondsAfter(now, HANDED_OVER_SECONDS), batch: BATCH });
    if (ids.length > 0) await mailQueue.add(ids);
    handed += ids.length;
    if (ids.length < BATCH) return handed;
  }
};
