import { removeExpiredSpentCaptchas } from '../captcha/spent-captchas-store.ts';
import type { AuthDeps } from '../deps.ts';
import { removeExpiredLimits } from '../rate-limit/postgres-limits-store.ts';
import { leftovers, removeLeftovers } from './clean-up-store.ts';

const BATCH = 500;

type CleanUpDeps = Pick<AuthDeps, 'db' | 'clock' | 'settings'>;

/**
 * Removes expired rows and accounts that were never used, a small batch at a time so that no lock is held for long.
 * Answers how many rows of which table went. `signal` stops it between two batches.
 */
export const cleanUp = async (deps: CleanUpDeps, signal?: AbortSignal): Promise<Record<string, number>> => {
  const { db, clock } = deps;
  const tasks: Readonly<Record<string, () => Promise<number>>> = {
    ...Object.fromEntries(
      leftovers(deps).map((leftover) => [leftover.name, () => removeLeftovers(db, leftover, BATCH)]),
    ),
    limits: () => removeExpiredLimits(db, clock.now(), BATCH),
    spent_captchas: () => removeExpiredSpentCaptchas(db, clock.now(), BATCH),
  };
  const removed: Record<string, number> = {};
  for (const [name, removeBatch] of Object.entries(tasks)) {
    for (;;) {
      if (signal?.aborted === true) return removed;
      const count = await removeBatch();
      if (count > 0) removed[name] = (removed[name] ?? 0) + count;
      if (count < BATCH) break;
    }
  }
  return removed;
};
