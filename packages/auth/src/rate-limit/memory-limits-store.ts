import type { Clock } from '../clock.ts';
import type { BackoffRule, LimitRule, LimitsStore } from './limits-store.ts';
import { type Counter, secondsUntil, waitOf } from './wait-of.ts';

const failed = ({ free, longestSeconds, memorySeconds }: BackoffRule, count: number, now: number): Counter => {
  const wait = count < free ? 0 : Math.min(longestSeconds, 2 ** (count - free));
  return { count, resetsAt: now + Math.max(memorySeconds, wait) * 1000, blockedUntil: now + wait * 1000 };
};

/**
 * Limits that only this process knows: the insurance while the shared store is away. At most `mostKeys` counters are
 * kept (some 10 MB), so that a flood of addresses cannot fill the memory; beyond that the one longest untouched goes.
 */
export const memoryLimitsStore = (clock: Clock, mostKeys = 50_000): LimitsStore => {
  const counters = new Map<string, Counter>();
  const time = (): number => clock.now().getTime();
  const fresh = (key: string, now: number): Counter | undefined => {
    const counter = counters.get(key);
    return counter === undefined || counter.resetsAt <= now ? undefined : counter;
  };
  const keep = (key: string, counter: Counter): void => {
    counters.delete(key); // A map remembers the order of insertion: what is touched moves to its end.
    counters.set(key, counter);
    const [oldest] = counters.size > mostKeys ? counters.keys() : [];
    if (oldest !== undefined) counters.delete(oldest);
  };
  const count = ({ key, windowSeconds }: LimitRule, now: number): void => {
    const counter = fresh(key, now) ?? { count: 0, resetsAt: now + windowSeconds * 1000, blockedUntil: 0 };
    keep(key, { ...counter, count: counter.count + 1 });
  };
  const waits = (rules: readonly (LimitRule | BackoffRule)[], now: number): number[] =>
    rules.map((rule) => waitOf(rule, counters.get(rule.key), now));
  return {
    peek: async (rules) => waits(rules, time()),
    consume: async (rules) => {
      const now = time();
      const wait = Math.max(0, ...waits(rules, now));
      if (wait === 0) for (const rule of rules) count(rule, now);
      return wait;
    },
    penalize: async (rule) => {
      const now = time();
      const wait = waitOf(rule, counters.get(rule.key), now);
      if (wait === 0) keep(rule.key, failed(rule, (fresh(rule.key, now)?.count ?? 0) + 1, now));
      return wait;
    },
    reset: async (key) => {
      const wait = secondsUntil(counters.get(key)?.blockedUntil ?? 0, time());
      if (wait === 0) counters.delete(key);
      return wait;
    },
  };
};
