import type { AuthDeps } from '../deps.ts';
import { CLEANED_TABLES, removeExpiredRows } from './clean-up-store.ts';

const BATCH = 500;

type CleanUpDeps = Pick<AuthDeps, 'db' | 'clock' | 'settings'>;

/**
 * Removes expired rows and accounts that were never used, in small batches so that no lock is held for long. Returns
 * how many rows of which table were removed. `signal` stops it between two batches.
 */
export const cleanUp = async (deps: CleanUpDeps, signal?: AbortSignal): Promise<Record<string, number>> => {
  const removed: Record<string, number> = {};
  for (const name of CLEANED_TABLES) {
    for (;;) {
      if (signal?.aborted === true) return removed;
      const count = await removeExpiredRows(deps.db, deps, { name, batch: BATCH });
      if (count > 0) removed[name] = (removed[name] ?? 0) + count;
      if (count < BATCH) break;
    }
  }
  return removed;
};
