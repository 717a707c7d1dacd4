import { vi } from 'vitest';

interface Race<T> {
  /** What the successful calls returned. */
  readonly won: readonly T[];
  /** The error codes of the calls that failed. */
  readonly lost: readonly string[];
}

/** Calls `act` `count` times at the same moment and returns how each call ended. */
export const race = async <T>(count: number, act: (index: number) => Promise<T>): Promise<Race<T>> => {
  const answers = await Promise.allSettled(Array.from({ length: count }, (_, index) => act(index)));
  return {
    won: answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : [])),
    lost: answers.flatMap((answer) =>
      answer.status === 'rejected' ? [String(answer.reason.data?.error ?? answer.reason)] : [],
    ),
  };
};

/** Waits until `check` no longer throws, `seconds` at most; fails with its last error otherwise. */
export const until = <T>(check: () => T | Promise<T>, seconds = 25): Promise<T> =>
  vi.waitFor(check, { timeout: seconds * 1000, interval: 25 });
