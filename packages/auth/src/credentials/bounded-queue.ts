import { AuthError } from '../auth-error.ts';

/**
 * Runs at most `concurrency` jobs at a time and lets at most `waiting` queue up behind them, first come first served.
 * What does not fit is refused at once with OVERLOADED, so that a storm costs neither memory nor everybody's patience.
 */
export const boundedQueue = (limits: { concurrency: number; waiting: number; retryAfterSeconds: number }) => {
  const queue: (() => void)[] = [];
  let running = 0;
  const release = () => {
    // The place is handed over, not given up: a call that comes before the next one wakes would take it, too.
    const next = queue.shift();
    if (next === undefined) running -= 1;
    else next();
  };
  return async <T>(job: () => Promise<T>): Promise<T> => {
    if (running < limits.concurrency) running += 1;
    else {
      if (queue.length >= limits.waiting) throw new AuthError('OVERLOADED', { retryAfter: limits.retryAfterSeconds });
      await new Promise<void>((resolve) => queue.push(resolve));
    }
    try {
      return await job();
    } finally {
      release();
    }
  };
};
