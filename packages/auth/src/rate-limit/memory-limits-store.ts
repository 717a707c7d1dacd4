import { LRUCache } from 'lru-cache';
import type { Clock } from '../system.ts';
import {
  type BackoffRule,
  type Counter,
  type LimitRule,
  type LimitsStore,
  secondsUntil,
  waitOf,
} from './limits-store.ts';

const afterFailure = ({ free, longestSeconds, memorySeconds }: BackoffRule, count: number, now: number): Counter => {
  const wait = count < free ? 0 : Math.min(longestSeconds, 2 ** (count - free));
  return { count, resetsAt: now + Math.max(memorySeconds, wait) * 1000, blockedUntil: now + wait * 1000 };
};

/**
 * Limits in the memory of this process: the fallback while the shared store cannot be reached. It keeps at most
 * `maxKeys` counters (about 10 MB), so that many different keys cannot fill the memory; beyond that the counter that
 * was written least recently is dropped.
 */
export const memoryLimitsStore = (clock: Clock, maxKeys = 50_000): LimitsStore => {
  const counters = new LRUCache<string, Counter>({ max: maxKeys });
  const time = (): number => clock.now().getTime();
  // `peek` instead of `get`: reading a counter must not keep it from being dropped.
  const current = (key: string, now: number): Counter | undefined => {
    const counter = counters.peek(key);
    return counter === undefined || counter.resetsAt <= now ? undefined : counter;
  };
  const count = ({ key, windowSeconds }: LimitRule, now: number): void => {
    const counter = current(key, now) ?? { count: 0, resetsAt: now + windowSeconds * 1000, blockedUntil: 0 };
    counters.set(key, { ...counter, count: counter.count + 1 });
  };
  const waits = (rules: readonly (LimitRule | BackoffRule)[], now: number): number[] =>
    rules.map((rule) => waitOf(rule, counters.peek(rule.key), now));
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
      const wait = waitOf(rule, counters.peek(rule.key), now);
      if (wait === 0) counters.set(rule.key, afterFailure(rule, (current(rule.key, now)?.count ?? 0) + 1, now));
      return wait;
    },
    reset: async (key) => {
      const wait = secondsUntil(counters.peek(key)?.blockedUntil ?? 0, time());
      if (wait === 0) counters.delete(key);
      return wait;
    },
  };
};
