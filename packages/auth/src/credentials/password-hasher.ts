import { availableParallelism } from 'node:os';
import { hash, verify } from '@node-rs/argon2';
import { AuthError } from '../auth-error.ts';

/** The cost of argon2id; memory in KiB. */
export interface Argon2Cost {
  readonly memoryCost: number;
  readonly timeCost: number;
  readonly parallelism: number;
}

export interface PasswordHasher {
  /** The PHC string of an argon2id hash with a random salt. Throws OVERLOADED when too many calls wait. */
  hash(password: string): Promise<string>;
  /**
   * Whether the password matches the hash. Without a hash (no such account) it does the same work and returns false, so
   * that the response time reveals nothing. A malformed hash matches no password. Throws OVERLOADED when too many calls
   * wait.
   */
  verify(password: string, passwordHash: string | undefined): Promise<boolean>;
  /** Whether a hash is not argon2id, or was made with less memory or fewer iterations than configured now. */
  isOutdated(passwordHash: string): boolean;
}

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

// About half a second of work: two cores compute about 225 hashes a second. Calls beyond that are refused.
const WAITING_PER_CORE = 64;

const PARAMETERS = /^\$argon2id\$v=19\$m=(?<memory>\d+),t=(?<iterations>\d+),/;

/**
 * Hashes with argon2id (RFC 9106; OWASP's first choice, the library's default) on the thread pool. It computes at most
 * as many hashes at a time as there are cores: more threads are no faster, and each takes `memoryCost` KiB.
 */
export const passwordHasher = async (cost: Argon2Cost): Promise<PasswordHasher> => {
  const cores = availableParallelism();
  const enqueue = boundedQueue({ concurrency: cores, waiting: cores * WAITING_PER_CORE, retryAfterSeconds: 1 });
  const dummyHash = await hash('the password of no account', cost);
  return {
    hash: (password) => enqueue(() => hash(password, cost)),
    verify: (password, passwordHash) =>
      enqueue(async () => {
        try {
          return (await verify(passwordHash ?? dummyHash, password)) && passwordHash !== undefined;
        } catch {
          return false;
        }
      }),
    isOutdated: (passwordHash) => {
      const { memory, iterations } = PARAMETERS.exec(passwordHash)?.groups ?? {};
      return !(Number(memory) >= cost.memoryCost && Number(iterations) >= cost.timeCost);
    },
  };
};
