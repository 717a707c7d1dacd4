import { setTimeout as pause } from 'node:timers/promises';
import type { AuthDeps } from '../deps.ts';
import { rotateAuditPartitions } from './audit-partitions.ts';
import { CLEANED_TABLES, removeExpiredRows } from './clean-up-store.ts';

const BATCH = 500;
// After a batch the clean-up pauses for four times as long as it took, so that it uses a fifth of a core at most.
const PAUSES = 4;
const SHORTEST_PAUSE_MS = 50;

type CleanUpDeps = Pick<AuthDeps, 'db' | 'clock' | 'settings'>;

/**
 * Removes expired rows and accounts that were never used, in small batches with pauses, so that no lock is held for long and
 * calls are hardly delayed. Creates and drops the partitions of the audit log at last, because it rejects if that fails.
 * Returns how many rows of which table were removed. `signal` stops it between two batches.
 */
export const cleanUp = async (deps: CleanUpDeps, signal?: AbortSignal): Promise<Record<string, number>> => {
  const removed: Record<string, number> = {};
  for (const name of CLEANED_TABLES) {
    if (name === 'audit_log' && signal?.aborted !== true) await rotateAuditPartitions(deps);
    for (;;) {
      if (signal?.aborted === true) return removed;
      const started = performance.now();
      const count = await removeExpiredRows(deps.db, deps, { name, batch: BATCH });
      if (count > 0) removed[name] = (removed[name] ?? 0) + count;
      if (count < BATCH) break;
      const took = performance.now() - started;
      await pause(Math.max(SHORTEST_PAUSE_MS, PAUSES * took), undefined, { signal }).catch(() => undefined);
    }
  }
  return removed;
};
