import { setTimeout as pause } from 'node:timers/promises';
import type { AuthDeps } from '../deps.ts';
import { type EndedAttempt, recordAttempts } from './outbox-store.ts';

// Attempts that end within this time are recorded together.
const GATHER_MS = 20;
const RETRY_MS = 1000;

/**
 * Records ended attempts in batches, one statement each, and calls `onRecorded` for each with whether the lease was still
 * ours. When the database fails, it tries again; the mails would otherwise be sent twice. `close` records the rest, and
 * gives up when the database does not answer: then the leases end, and the mails are sent again.
 */
export const attemptRecorder = (
  { db, log }: Pick<AuthDeps, 'db' | 'log'>,
  onRecorded: (attempt: EndedAttempt, wasOurs: boolean) => void,
) => {
  let waiting: EndedAttempt[] = [];
  let recording: Promise<void> | undefined;
  let isClosing = false;

  const recordBatch = async (): Promise<void> => {
    const batch = waiting;
    waiting = [];
    try {
      const recorded = await recordAttempts(db, batch);
      for (const attempt of batch) onRecorded(attempt, recorded.has(attempt.id));
    } catch (error) {
      log.warn({ err: error, mails: batch.length }, 'attempts to send mails could not be recorded');
      if (isClosing) return;
      waiting.unshift(...batch);
      await pause(RETRY_MS);
    }
  };
  const recordAll = async (): Promise<void> => {
    while (waiting.length > 0) {
      await pause(GATHER_MS);
      await recordBatch();
    }
    recording = undefined;
  };
  return {
    add: (attempt: EndedAttempt): void => {
      waiting.push(attempt);
      recording ??= recordAll();
    },
    close: async (): Promise<void> => {
      isClosing = true;
      await recording;
    },
  };
};
