import { AuthError } from '../auth-error.ts';

/**
 * Runs at most `concurrency` jobs at a time, in the order they came, and lets at most `waiting` jobs wait. Any further
 * job is refused at once with OVERLOADED, so that a burst costs neither unbounded memory nor long waits.
 */
export const boundedQueue = (limits: { concurrency: number; waiting: number; retryAfterSeconds: number }) => {
  const queue: (() => void)[] = [];
  let running = 0;
  const release = () => {
    // The slot is passed on instead of freed: otherwise a new call could take it before the next job resumes.
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
