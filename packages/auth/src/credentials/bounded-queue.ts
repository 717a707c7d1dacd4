import { AuthError } from '../auth-error.ts';

/**
 * Runs at most `concurrency` jobs at a time and lets at most `waiting` queue up behind them, first come first served.
 * What does not fit is refused at once with OVERLOADED, so that a storm costs neither memory nor everybody's patience.
 */
export const boundedQueue = (limits: { concurrency: number; waiting: number; retryAfterSeconds: number }) => {
  const queue: (() => void)[] = [];
  let running = 0;
  const release = () => {
    running -= 1;
    queue.shift()?.();
  };
  return async <T>(job: () => Promise<T>): Promise<T> => {
    if (running >= limits.concurrency) {
      if (queue.length >= limits.waiting) throw new AuthError('OVERLOADED', { retryAfter: limits.retryAfterSeconds });
      await new Promise<void>((resolve) => queue.push(resolve));
    }
    running += 1;
    try {
      return await job();
    } finally {
      release();
    }
  };
};
