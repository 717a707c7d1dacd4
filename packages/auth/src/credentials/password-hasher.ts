import { availableParallelism } from 'node:os';
import { hash, verify } from '@node-rs/argon2';
import { boundedQueue } from './bounded-queue.ts';

/** Argon2id's cost; memory in KiB. */
export interface Argon2Cost {
  readonly memoryCost: number;
  readonly timeCost: number;
  readonly parallelism: number;
}

export interface PasswordHasher {
  /** The PHC string of an argon2id hash with a random salt. Throws OVERLOADED when too many wait. */
  hash(password: string): Promise<string>;
  /**
   * Whether the password fits. Without a hash (no such account) it does the same work and says no, so that the time
   * taken tells nothing. A malformed hash fits no password. Throws OVERLOADED when too many wait.
   */
  verify(password: string, passwordHash: string | undefined): Promise<boolean>;
  /** Whether a hash is no argon2id or took less memory or fewer iterations than one of today. */
  isOutdated(passwordHash: string): boolean;
}

// Half a second of work at about 225 hashes a second on two cores; who would wait longer is told to come back.
const WAITING_PER_CORE = 64;

const PARAMETERS = /^\$argon2id\$v=19\$m=(?<memory>\d+),t=(?<iterations>\d+),/;

/**
 * Hashes with argon2id (RFC 9106; OWASP's first choice, the library's default), never more at a time than there are cores: more threads gain
 * nothing and each takes `memoryCost` KiB. Runs on the thread pool, off the event loop.
 */
export const passwordHasher = async (cost: Argon2Cost): Promise<PasswordHasher> => {
  const cores = availableParallelism();
  const enqueue = boundedQueue({ concurrency: cores, waiting: cores * WAITING_PER_CORE, retryAfterSeconds: 1 });
  const nobodysHash = await hash('nobody has this password', cost);
  return {
    hash: (password) => enqueue(() => hash(password, cost)),
    verify: (password, passwordHash) =>
      enqueue(async () => {
        try {
          return (await verify(passwordHash ?? nobodysHash, password)) && passwordHash !== undefined;
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
