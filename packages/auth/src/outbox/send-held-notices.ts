import { NOTICE_KINDS } from '@moonlight/contracts';
import { transaction } from '@moonlight/db';
import type { AuthDeps } from '../deps.ts';
import { enqueueMail, NOTICE_TTL_SECONDS } from './enqueue-mail.ts';
import { takeEndedWindows } from './notices-store.ts';

const BATCH = 50;

/**
 * For each account whose hour has ended, merges the notices that were held back into one mail. The mail is queued in the
 * transaction that removes them, so it is neither lost nor sent twice. Returns how many mails were queued. `signal` stops
 * it between two batches.
 */
export const sendHeldNotices = async (deps: AuthDeps, signal?: AbortSignal): Promise<number> => {
  let queued = 0;
  for (;;) {
    if (signal?.aborted === true) return queued;
    const ids = await transaction(deps.db, async (tx) => {
      const windows = await takeEndedWindows(tx, { now: deps.clock.now(), batch: BATCH });
      const outboxIds: string[] = [];
      for (const { held, ...recipient } of windows) {
        const notices = NOTICE_KINDS.flatMap((kind) => (held[kind] === undefined ? [] : [{ kind, ...held[kind] }]));
        const mail = { kind: 'security-notices', ...recipient, notices } as const;
        outboxIds.push(await enqueueMail(tx, deps, { mail, ttlSeconds: NOTICE_TTL_SECONDS, request: null }));
      }
      return outboxIds;
    });
    queued += ids.length;
    if (ids.length > 0) await deps.mailQueue.notify();
    if (ids.length < BATCH) return queued;
  }
};
