import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { LimitsStore } from './limits-store.ts';

const RETRY_AFTER_MS = 1000;
const WARN_EVERY_MS = 5000;

interface InsuranceOptions {
  /** How long the primary store may take for one call. */
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

/** What happened first, without the statement that Drizzle puts around it. */
const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return 'unknown';
  if (error.cause instanceof Error) return reasonOf(error.cause);
  return `${error.name} ${error.message}`.slice(0, 200);
};

/**
 * A store that answers also while its primary is away or too slow: the insurance decides then. Limits go on, if more
 * generously, since the insurance starts from nothing and each process counts for itself. One call a second tries the
 * primary while the others do not wait for it; the first one it answers in time brings all of them back to it. A call
 * that was too slow may be counted in both. The log hears of it once every few seconds, and when it is over.
 */
export const fallbackLimitsStore = (
  primary: LimitsStore,
  insurance: LimitsStore,
  { timeoutMs, clock, log }: InsuranceOptions,
): LimitsStore => {
  let awaySince: number | undefined;
  let triedAt = 0;
  let warnedAt = 0;
  // Distance, not order: a clock that was set back must not keep the primary shut out.
  const passed = (since: number, milliseconds: number): boolean =>
    Math.abs(clock.now().getTime() - since) >= milliseconds;
  const lose = (error: unknown): void => {
    const now = clock.now().getTime();
    awaySince ??= now;
    triedAt = now;
    if (!passed(warnedAt, WARN_EVERY_MS)) return;
    warnedAt = now;
    log.warn({ reason: reasonOf(error) }, 'the limits store does not answer: limits are counted in memory');
  };
  const regain = (): void => {
    if (awaySince === undefined) return;
    log.info({ awayMs: clock.now().getTime() - awaySince }, 'the limits store answers again');
    awaySince = undefined;
  };
  const decide = async <T>(ask: (store: LimitsStore) => Promise<T>): Promise<T> => {
    if (awaySince !== undefined) {
      if (!passed(triedAt, RETRY_AFTER_MS)) return ask(insurance);
      triedAt = clock.now().getTime();
    }
    try {
      const answer = await within(timeoutMs, ask(primary));
      regain();
      return answer;
    } catch (error) {
      lose(error);
      return ask(insurance);
    }
  };
  return {
    peek: (rules) => decide((store) => store.peek(rules)),
    consume: (rules) => decide((store) => store.consume(rules)),
    penalize: (rule) => decide((store) => store.penalize(rule)),
    reset: (key) => decide((store) => store.reset(key)),
  };
};
