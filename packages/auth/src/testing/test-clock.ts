import type { Clock } from '../clock.ts';

/** A clock that stands still until a test moves it. */
export interface TestClock extends Clock {
  advance(seconds: number): void;
}

/** Starts at an ordinary moment, with milliseconds so that nothing gets by on whole seconds. */
export const testClock = (start = new Date('2026-11-20T12:00:00.250Z')): TestClock => {
  let now = start.getTime();
  return {
    now: () => new Date(now),
    advance: (seconds) => {
      now += Math.round(seconds * 1000);
    },
  };
};
