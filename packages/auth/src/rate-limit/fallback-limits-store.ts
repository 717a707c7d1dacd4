import { isDatabaseUnavailable } from '@moonlight/db';
import type { Clock, Log } from '../system.ts';
import type { LimitsStore } from './limits-store.ts';

const RETRY_AFTER_MS = 1000;
const WARN_EVERY_MS = 5000;

interface FallbackOptions {
  /** The maximum time in milliseconds that one call of the primary store may take. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly log: Log;
}

const within = async <T>(timeoutMs: number, work: Promise<T>): Promise<T> => {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
};

/** The original error, without the statement that Drizzle adds to the message. */
const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return 'unknown';
  if (error.cause instanceof Error) return reasonOf(error.cause);
  return `${error.name} ${error.message}`.slice(0, 200);
};

/** Says also whether the fallback is in use. */
interface FallbackLimitsStore extends LimitsStore {
  isFallback(): boolean;
}

/**
 * A store that uses `fallback` while `primary` fails or is too slow. Limits then still apply, but more generously: the
 * fallback starts with empty counters, and each process counts for itself. One call a second tries the primary, while
 * the others do not wait for it; once it answers in time, all calls use it again. A call that was too slow may be
 * counted in both. The log gets a warning every few seconds, and a message when the primary answers again.
 */
export const fallbackLimitsStore = (
  primary: LimitsStore,
  fallback: LimitsStore,
  { timeoutMs, clock, log }: FallbackOptions,
): FallbackLimitsStore => {
  let awaySince: number | undefined;
  let triedAt = 0;
  let warnedAt = 0;
  // The absolute difference, so that a clock that was set back does not keep the primary from being tried.
  const passed = (since: number, milliseconds: number): boolean =>
    Math.abs(clock.now().getTime() - since) >= milliseconds;
  const onFailure = (error: unknown): void => {
    const now = clock.now().getTime();
    awaySince ??= now;
    triedAt = now;
    if (!passed(warnedAt, WARN_EVERY_MS)) return;
    warnedAt = now;
    log.warn({ reason: reasonOf(error) }, 'the limits store does not answer: limits are counted in memory');
  };
  const onAnswer = (): void => {
    if (awaySince === undefined) return;
    log.info({ awayMs: clock.now().getTime() - awaySince }, 'the limits store answers again');
    awaySince = undefined;
  };
  const decide = async <T>(ask: (store: LimitsStore) => Promise<T>): Promise<T> => {
    if (awaySince !== undefined) {
      if (!passed(triedAt, RETRY_AFTER_MS)) return ask(fallback);
      triedAt = clock.now().getTime();
    }
    try {
      const answer = await within(timeoutMs, ask(primary));
      onAnswer();
      return answer;
    } catch (error) {
      // The call needs PostgreSQL for more than its limits, and a flood of calls must not empty the counters.
      if (isDatabaseUnavailable(error)) throw error;
      onFailure(error);
      return ask(fallback);
    }
  };
  return {
    isFallback: () => awaySince !== undefined,
    peek: (rules, on) => decide((store) => store.peek(rules, on)),
    consume: (rules, on) => decide((store) => store.consume(rules, on)),
    penalize: (rule) => decide((store) => store.penalize(rule)),
    reset: (key, on) => decide((store) => store.reset(key, on)),
  };
};
