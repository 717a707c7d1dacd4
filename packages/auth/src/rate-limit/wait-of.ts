import type { BackoffRule, LimitRule } from './limits-store.ts';

/** What a store remembers under one key. Times are milliseconds since 1970. */
export interface Counter {
  readonly count: number;
  readonly resetsAt: number;
  readonly blockedUntil: number;
}

/** Whole seconds from `now` until `moment`, rounded up; 0 when it has come, the very millisecond included. */
export const secondsUntil = (moment: number, now: number): number => Math.max(0, Math.ceil((moment - now) / 1000));

/** How long a rule lets nothing through, as its counter stands. */
export const waitOf = (rule: LimitRule | BackoffRule, counter: Counter | undefined, now: number): number => {
  if (counter === undefined) return 0;
  if ('free' in rule) return secondsUntil(counter.blockedUntil, now);
  return counter.count < rule.limit ? 0 : secondsUntil(counter.resetsAt, now);
};
