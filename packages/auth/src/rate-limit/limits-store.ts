/** So many (at least one) in a fixed window that opens with the first one; at its last moment it is open again. */
export interface LimitRule {
  /** What is counted; already hashed where it holds an address (see `limitKey`). The rules of one call differ in it. */
  readonly key: string;
  readonly limit: number;
  readonly windowSeconds: number;
}

/**
 * Failures that make the next try wait: the first `free` (at least one) are answered at once; from the
 * last of them on the next try must come 1, 2, 4 … `longestSeconds` later.
 */
export interface BackoffRule {
  readonly key: string;
  readonly free: number;
  readonly longestSeconds: number;
  /** Failures are forgotten so long after the last one, but not while its wait runs. */
  readonly memorySeconds: number;
}

/**
 * Counters that all replicas share. Every method is one round trip where nothing is refused, and atomic per key:
 * a storm of parallel calls is let through to the exact number. Waits are whole seconds, rounded up, at least 1.
 */
export interface LimitsStore {
  /** How long each rule has no room, or each key is in a wait; 0 where it is free. Counts nothing. */
  peek(rules: readonly (LimitRule | BackoffRule)[]): Promise<number[]>;
  /** Counts one on every rule, or on none. Answers 0 when counted, else the longest wait of the rules without room. */
  consume(rules: readonly LimitRule[]): Promise<number>;
  /** Counts a failure and starts its wait. Answers 0 when counted; the rest of a wait that was already running, uncounted. */
  penalize(rule: BackoffRule): Promise<number>;
  /** Forgets a key's failures. Answers the rest of a running wait, and then forgets nothing. */
  reset(key: string): Promise<number>;
}
