import { randomBytes, randomInt } from 'node:crypto';
import { v7 } from 'uuid';

/** The only source of the current time, so that tests can set it to the exact end of a lifetime. */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };

/** The time as this machine knows it, in milliseconds. */
export interface LocalTime {
  /** Since 1970. NTP or an administrator may set it at any moment. */
  system(): number;
  /** Since an arbitrary moment, and never set. It may stand still while the machine is suspended. */
  monotonic(): number;
}

export const localTime: LocalTime = { system: () => Date.now(), monotonic: () => performance.now() };

/** The moment `seconds` after `moment`. */
export const secondsAfter = (moment: Date, seconds: number): Date => new Date(moment.getTime() + seconds * 1000);

/** The only source of randomness; cryptographically secure in the running service. */
export interface Random {
  bytes(size: number): Buffer;
  /** `count` decimal digits, each equally likely, leading zeros included. */
  digits(count: number): string;
}

export const systemRandom: Random = {
  bytes: (size) => randomBytes(size),
  digits: (count) =>
    randomInt(10 ** count)
      .toString()
      .padStart(count, '0'),
};

/** A new UUIDv7 (RFC 9562, 5.7) with the time `now`. */
export const newId = (random: Random, now: Date): string => v7({ msecs: now.getTime(), random: random.bytes(16) });

/** The lowest UUIDv7 of a moment: ids that were created earlier are lower. */
export const firstId = (moment: Date): string => v7({ msecs: moment.getTime(), random: new Uint8Array(16) });

/** The part of a logger that the domain uses. Fields never contain secrets or email addresses. */
export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
