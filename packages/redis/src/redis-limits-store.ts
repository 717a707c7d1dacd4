import { setTimeout as pause } from 'node:timers/promises';
import type { Clock, LimitsStore } from '@moonlight/auth';
import { connectRedis, type RedisClientOptions } from './connect-redis.ts';
import { CONSUME, PEEK, PENALIZE, RESET } from './limits-scripts.ts';

export interface RedisLimitsOptions {
  /** Of REDIS_URL: one server, several nodes of a cluster, or sentinels. */
  readonly urls: readonly string[];
  readonly clock: Clock;
  /** Told of broken connections; they come back by themselves. */
  readonly onError: (error: Error) => void;
}

export interface RedisLimitsStore extends LimitsStore {
  /** Answers when Redis does, rejects otherwise. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

// One hash tag puts all counters of a cluster on one node: only there can a script see every rule of a call at once.
const PREFIX = '{moonlight:limits}:';

// What cannot be sent now fails now, what was sent is not sent again, and a silent connection is given up: whoever calls
// has an insurance, and nobody may be counted late or twice.
const FAIL_FAST = {
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  connectTimeout: 2000,
  commandTimeout: 1000,
  socketTimeout: 2000,
} satisfies RedisClientOptions;

const keysOf = (rules: readonly { readonly key: string }[]): string[] => rules.map(({ key }) => key);

const secondsUntil = (moment: number, now: number): number => Math.max(0, Math.ceil((moment - now) / 1000));

const toMoment = (answer: unknown): number => {
  if (typeof answer !== 'number') throw new TypeError('Redis gave an answer that is no moment');
  return answer;
};

const toMoments = (answer: unknown): number[] => {
  if (!Array.isArray(answer)) throw new TypeError('Redis gave an answer that is no list');
  return answer.map(toMoment);
};

/** The limits in Redis or Valkey. Opens its connection at once; calls fail fast while there is none. */
export const redisLimitsStore = ({ urls, clock, onError }: RedisLimitsOptions): RedisLimitsStore => {
  const client = connectRedis(urls, FAIL_FAST);
  // Only its words: on the error itself hangs the command, which is the password's when a login failed.
  client.on('error', (error: Error) => onError(new Error(error.message)));
  // The first calls wait for the first connection, or for the news that there is none, which sentinels never give.
  const givenUp = pause(FAIL_FAST.connectTimeout, undefined, { ref: false });
  const started = Promise.race([client.connect().catch(() => undefined), givenUp]);
  const time = (): number => clock.now().getTime();
  const run = async (script: string, keys: readonly string[], args: readonly number[]): Promise<unknown> => {
    await started;
    return client.eval(script, keys.length, ...keys.map((key) => PREFIX + key), ...args);
  };
  return {
    peek: async (rules) => {
      if (rules.length === 0) return [];
      const now = time();
      const limits = rules.map((rule) => ('limit' in rule ? rule.limit : -1));
      const closed = await run(PEEK, keysOf(rules), [now, ...limits]);
      return toMoments(closed).map((moment) => secondsUntil(moment, now));
    },
    consume: async (rules) => {
      if (rules.length === 0) return 0;
      const now = time();
      const args = rules.flatMap(({ limit, windowSeconds }) => [limit, windowSeconds * 1000]);
      return secondsUntil(toMoment(await run(CONSUME, keysOf(rules), [now, ...args])), now);
    },
    penalize: async ({ key, free, longestSeconds, memorySeconds }) => {
      const now = time();
      const args = [now, free, longestSeconds * 1000, memorySeconds * 1000];
      return secondsUntil(toMoment(await run(PENALIZE, [key], args)), now);
    },
    reset: async (key) => {
      const now = time();
      return secondsUntil(toMoment(await run(RESET, [key], [now])), now);
    },
    ping: async () => {
      await started;
      await client.ping();
    },
    close: async () => client.disconnect(),
  };
};
