import { availableParallelism } from 'node:os';
import { hash, verify } from '@node-rs/argon2';
import { ipSubject } from '../rate-limit/limit-rules.ts';
import { fairQueue } from './fair-queue.ts';

/** The cost of argon2id; memory in KiB. */
export interface Argon2Cost {
  readonly memoryCost: number;
  readonly timeCost: number;
  readonly parallelism: number;
}

/** The place of one call in the queue of the hasher; disposing of it frees it. */
export interface HashingPlace extends Disposable {
  /** The PHC string of an argon2id hash with a random salt. Throws OVERLOADED when other IP addresses need the place. */
  hash(password: string): Promise<string>;
  /**
   * Whether the password matches the hash. Without a hash (no such account) it does the same work and returns false, so
   * that the response time reveals nothing. A malformed hash matches no password. Throws OVERLOADED when other IP
   * addresses need the place.
   */
  verify(password: string, passwordHash: string | undefined): Promise<boolean>;
}

export interface PasswordHasher {
  /**
   * Takes a place for the hashes of one call, which IP addresses (IPv6: /64) share fairly; see fairQueue. Called before
   * the first statement, so that a refused call costs none. Throws OVERLOADED when there is none.
   */
  enter(ip: string): HashingPlace;
  /** Whether a hash is not argon2id, or was made with less memory or fewer iterations than configured now. */
  isOutdated(passwordHash: string): boolean;
  /** How many hashes are computed at this moment, and how many wait for a core. */
  load(): { readonly running: number; readonly waiting: number };
}

// About a second of work: two cores compute about 225 hashes a second. Calls beyond that are refused, which costs more than to
// let them wait, because refused callers ask again at once.
const PLACES_PER_CORE = 128;

const PARAMETERS = /^\$argon2id\$v=19\$m=(?<memory>\d+),t=(?<iterations>\d+),/;

/**
 * Hashes with argon2id (RFC 9106; OWASP's first choice, the library's default) on the thread pool. It computes at most
 * one hash more at a time than there are cores, so that no core waits for the event loop to start the next one; each takes
 * `memoryCost` KiB.
 */
export const passwordHasher = async (cost: Argon2Cost): Promise<PasswordHasher> => {
  const cores = availableParallelism();
  const queue = fairQueue({ concurrency: cores + 1, places: cores * PLACES_PER_CORE, retryAfterSeconds: 1 });
  const dummyHash = await hash('the password of no account', cost);
  const isMatch = async (password: string, passwordHash: string | undefined): Promise<boolean> => {
    try {
      return (await verify(passwordHash ?? dummyHash, password)) && passwordHash !== undefined;
    } catch {
      return false;
    }
  };
  return {
    enter: (ip) => {
      const place = queue.enter(ipSubject(ip));
      return {
        hash: (password) => place.run(() => hash(password, cost)),
        verify: (password, passwordHash) => place.run(() => isMatch(password, passwordHash)),
        [Symbol.dispose]: () => place[Symbol.dispose](),
      };
    },
    load: queue.load,
    isOutdated: (passwordHash) => {
      const { memory, iterations } = PARAMETERS.exec(passwordHash)?.groups ?? {};
      return !(Number(memory) >= cost.memoryCost && Number(iterations) >= cost.timeCost);
    },
  };
};
