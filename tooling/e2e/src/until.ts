import { vi } from 'vitest';

/** Waits until what `look` says holds, and fails with its last complaint when it never does. */
export const until = <T>(look: () => T | Promise<T>, seconds = 25): Promise<T> =>
  vi.waitFor(look, { timeout: seconds * 1000, interval: 25 });
