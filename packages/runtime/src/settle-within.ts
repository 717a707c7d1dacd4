import { setTimeout as pause } from 'node:timers/promises';

/** Waits for `work` to succeed or fail, `milliseconds` at most. Resolves with whether it succeeded; never rejects. */
export const settleWithin = async (milliseconds: number, work: Promise<unknown>): Promise<boolean> => {
  const settled = new AbortController();
  const late = pause(milliseconds, false, { signal: settled.signal }).catch(() => false);
  const done = work.then(
    () => true,
    () => false,
  );
  const hasSucceeded = await Promise.race([done, late]);
  settled.abort();
  return hasSucceeded;
};
