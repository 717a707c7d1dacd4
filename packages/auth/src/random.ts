import { randomBytes, randomInt } from 'node:crypto';
import { v7 } from 'uuid';

/** The only source of randomness; cryptographically secure in the running service. */
export interface Random {
  bytes(size: number): Buffer;
  /** `count` decimal digits, each equally likely, leading zeros kept. */
  digits(count: number): string;
}

export const systemRandom: Random = {
  bytes: (size) => randomBytes(size),
  digits: (count) =>
    randomInt(10 ** count)
      .toString()
      .padStart(count, '0'),
};

/** A UUIDv7 (RFC 9562, 5.7) of this moment. */
export const newId = (random: Random, now: Date): string => v7({ msecs: now.getTime(), random: random.bytes(16) });
