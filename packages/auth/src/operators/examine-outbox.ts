import type { AuthDeps } from '../deps.ts';
import { unsealPayload } from '../outbox/mail-payload.ts';
import { secondsAfter } from '../system.ts';
import { countFailing, countUntried, selectOldestPayloads } from './mails-store.ts';

// The relay looks for due mails every two seconds, so a worker that runs has tried a mail long before.
const UNTRIED_SECONDS = 60;
// After five failures a mail has waited for a minute.
const FAILURES = 5;
const SAMPLE = 200;

/** What is wrong with the unfinished mails; zeros if all is well. */
export interface OutboxHealth {
  /** Mails that no worker has tried for a minute. */
  readonly untried: number;
  /** Since when the oldest of them waits. */
  readonly untriedSince: Date | null;
  /** Mails that failed five times or more, by their last error. */
  readonly failing: readonly { error: string | null; count: number }[];
  /** Of the 200 oldest mails, how many were sealed with another SECRET_KEY. */
  readonly unreadable: number;
}

/** Examines the unfinished mails without opening or changing any of them. */
export const examineOutbox = async ({
  db,
  clock,
  secrets,
}: Pick<AuthDeps, 'db' | 'clock' | 'secrets'>): Promise<OutboxHealth> => {
  const [{ count, oldest }, failing, sample] = await Promise.all([
    countUntried(db, secondsAfter(clock.now(), -UNTRIED_SECONDS)),
    countFailing(db, FAILURES),
    selectOldestPayloads(db, SAMPLE),
  ]);
  const unreadable = sample.filter((row) => unsealPayload(secrets.outbox, row) === undefined).length;
  return { untried: count, untriedSince: oldest, failing, unreadable };
};
