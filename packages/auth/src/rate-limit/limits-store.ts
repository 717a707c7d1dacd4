import type { Connection } from '@moonlight/db';

/**
 * At most `limit` calls (at least one) in a fixed window, which begins with the first call and ends `windowSeconds`
 * later.
 */
export interface LimitRule {
  /** The counter's key; hashed where it contains an email or IP address. The rules of one call have different keys. */
  readonly key: string;
  readonly limit: number;
  readonly windowSeconds: number;
  /** A larger limit that is counted with this one; see widerLimitsStore. */
  readonly wider?: LimitRule;
}

/**
 * Waits after failures: the first `free` failures (at least one) are answered at once; from the last of them on, the
 * next attempt must wait 1, 2, 4 … `longestSeconds`.
 */
export interface BackoffRule {
  readonly key: string;
  readonly free: number;
  readonly longestSeconds: number;
  /** Failures are forgotten this long after the last one, but not during its wait. */
  readonly memorySeconds: number;
}

/**
 * Counters that all replicas share. Every method is one round trip where nothing is refused, and atomic per key: of
 * many parallel calls exactly the allowed number passes. Waits are whole seconds, rounded up, at least 1.
 */
export interface LimitsStore {
  /**
   * For each rule the seconds until it allows a call, 0 where it does now. Counts nothing. A store in the database
   * sends its statement on `on`, a pipeline or a transaction, where given; so do the others.
   */
  peek(rules: readonly (LimitRule | BackoffRule)[], on?: Connection): Promise<number[]>;
  /**
   * Counts a call in every rule, or in none. Returns 0 when counted, else the longest wait of the rules that refuse.
   */
  consume(rules: readonly LimitRule[], on?: Connection): Promise<number>;
  /**
   * Counts a failure and starts its wait. Returns 0 when counted, else the rest of a running wait; then nothing is
   * counted.
   */
  penalize(rule: BackoffRule): Promise<number>;
  /** Forgets the failures of a key. Returns 0, or the rest of a running wait; then nothing is forgotten. */
  reset(key: string, on?: Connection): Promise<number>;
}

/** What a store remembers for a key. Times are milliseconds since 1970. */
export interface Counter {
  readonly count: number;
  readonly resetsAt: number;
  readonly blockedUntil: number;
}

/** Whole seconds from `now` until `moment`, rounded up; 0 from that very millisecond on. */
export const secondsUntil = (moment: number, now: number): number => Math.max(0, Math.ceil((moment - now) / 1000));

/** The seconds until a rule allows a call, by its counter. */
export const waitOf = (rule: LimitRule | BackoffRule, counter: Counter | undefined, now: number): number => {
  if (counter === undefined) return 0;
  if ('free' in rule) return secondsUntil(counter.blockedUntil, now);
  return counter.count < rule.limit ? 0 : secondsUntil(counter.resetsAt, now);
};
