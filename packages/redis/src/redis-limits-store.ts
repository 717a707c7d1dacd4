import { setTimeout as pause } from 'node:timers/promises';
import type { Clock, LimitsStore } from '@moonlight/auth';
import { connectRedis, type RedisClientOptions } from './connect-redis.ts';

export interface RedisLimitsOptions {
  /** The addresses in REDIS_URL: one server, the nodes of a cluster, or sentinels. */
  readonly urls: readonly string[];
  readonly clock: Clock;
  /** Receives the errors of broken connections, which are opened again automatically. */
  readonly onError: (error: Error) => void;
}

export interface RedisLimitsStore extends LimitsStore {
  /** Resolves when Redis answers; rejects within seconds when it does not. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

// A counter is a hash: count, and resetsAt and blockedUntil in milliseconds of the service's clock, which alone decide.
// Redis' own expiry only removes old counters, a minute late, so that a difference between clocks cannot lose a counter.
// Redis runs one script at a time, so each is exact under any load. Results are times in milliseconds, 0 for none.
const EXPIRY_MARGIN_MS = 60_000;

/** KEYS: counters. ARGV: now; for each key its limit, or -1 for a backoff rule. Returns until when each is closed. */
const PEEK = `
local now = tonumber(ARGV[1])
local closed = {}
for i, key in ipairs(KEYS) do
  local counter = redis.call('HMGET', key, 'count', 'resetsAt', 'blockedUntil')
  local limit = tonumber(ARGV[i + 1])
  local till = tonumber(counter[limit < 0 and 3 or 2] or 0)
  local full = limit < 0 or tonumber(counter[1] or 0) >= limit
  closed[i] = (full and till > now) and till or 0
end
return closed`;

/** KEYS: counters. ARGV: now; for each key its limit and window. Counts all, or returns when the last full one opens. */
const CONSUME = `
local now = tonumber(ARGV[1])
local refusedUntil = 0
local running = {}
for i, key in ipairs(KEYS) do
  local counter = redis.call('HMGET', key, 'count', 'resetsAt')
  local resetsAt = tonumber(counter[2] or 0)
  running[i] = resetsAt > now
  if running[i] and tonumber(counter[1]) >= tonumber(ARGV[2 * i]) then
    refusedUntil = math.max(refusedUntil, resetsAt)
  end
end
if refusedUntil > 0 then return refusedUntil end
for i, key in ipairs(KEYS) do
  if running[i] then
    redis.call('HINCRBY', key, 'count', 1)
  else
    local window = tonumber(ARGV[2 * i + 1])
    redis.call('HSET', key, 'count', 1, 'resetsAt', string.format('%.0f', now + window))
    redis.call('PEXPIRE', key, string.format('%.0f', window + ${EXPIRY_MARGIN_MS}))
  end
end
return 0`;

/** KEYS: a counter. ARGV: now, free failures, longest wait, memory. Counts a failure, or returns when its wait ends. */
const PENALIZE = `
local now, free = tonumber(ARGV[1]), tonumber(ARGV[2])
local longest, memory = tonumber(ARGV[3]), tonumber(ARGV[4])
local counter = redis.call('HMGET', KEYS[1], 'count', 'resetsAt', 'blockedUntil')
local blockedUntil = tonumber(counter[3] or 0)
if blockedUntil > now then return blockedUntil end
local count = 1
if tonumber(counter[2] or 0) > now then count = tonumber(counter[1]) + 1 end
local wait = 0
if count >= free then wait = math.min(longest, 1000 * 2 ^ (count - free)) end
local kept = math.max(memory, wait)
redis.call('HSET', KEYS[1], 'count', count, 'resetsAt', string.format('%.0f', now + kept),
  'blockedUntil', wait > 0 and string.format('%.0f', now + wait) or '0')
redis.call('PEXPIRE', KEYS[1], string.format('%.0f', kept + ${EXPIRY_MARGIN_MS}))
return 0`;

/** KEYS: a counter. ARGV: now. Deletes it, or returns when its wait ends. */
const RESET = `
local blockedUntil = tonumber(redis.call('HGET', KEYS[1], 'blockedUntil') or 0)
if blockedUntil > tonumber(ARGV[1]) then return blockedUntil end
redis.call('DEL', KEYS[1])
return 0`;

// One hash tag puts all counters on one node of a cluster: a script can only read the counters of a call together there.
const PREFIX = '{moonlight:limits}:';

// A command that cannot be sent now fails now, no command is sent twice, and a silent connection is closed: the caller has
// a fallback store, and no request may be counted late or twice.
const FAIL_FAST = {
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  connectTimeout: 2000,
  commandTimeout: 1000,
  socketTimeout: 2000,
} satisfies RedisClientOptions;

const keysOf = (rules: readonly { readonly key: string }[]): string[] => rules.map(({ key }) => key);

const secondsUntil = (time: number, now: number): number => Math.max(0, Math.ceil((time - now) / 1000));

const toTime = (answer: unknown): number => {
  if (typeof answer !== 'number') throw new TypeError('Redis returned a value that is not a time');
  return answer;
};

const toTimes = (answer: unknown): number[] => {
  if (!Array.isArray(answer)) throw new TypeError('Redis returned a value that is not a list');
  return answer.map(toTime);
};

/** The limits store in Redis or Valkey. Connects at once; while there is no connection, calls reject within seconds. */
export const redisLimitsStore = ({ urls, clock, onError }: RedisLimitsOptions): RedisLimitsStore => {
  const client = connectRedis(urls, FAIL_FAST);
  // Only the message: ioredis attaches the failed command to the error, and the command of a login contains the password.
  client.on('error', (error: Error) => onError(new Error(error.message)));
  // The first calls wait for the first connection or its failure. With sentinels a failure is never reported, so the wait
  // has a time limit.
  const timeout = pause(FAIL_FAST.connectTimeout, undefined, { ref: false });
  const started = Promise.race([client.connect().catch(() => undefined), timeout]);
  const currentTime = (): number => clock.now().getTime();
  const run = async (script: string, keys: readonly string[], args: readonly number[]): Promise<unknown> => {
    await started;
    return client.eval(script, keys.length, ...keys.map((key) => PREFIX + key), ...args);
  };
  return {
    peek: async (rules) => {
      if (rules.length === 0) return [];
      const now = currentTime();
      const limits = rules.map((rule) => ('limit' in rule ? rule.limit : -1));
      const closed = await run(PEEK, keysOf(rules), [now, ...limits]);
      return toTimes(closed).map((time) => secondsUntil(time, now));
    },
    consume: async (rules) => {
      if (rules.length === 0) return 0;
      const now = currentTime();
      const args = rules.flatMap(({ limit, windowSeconds }) => [limit, windowSeconds * 1000]);
      return secondsUntil(toTime(await run(CONSUME, keysOf(rules), [now, ...args])), now);
    },
    penalize: async ({ key, free, longestSeconds, memorySeconds }) => {
      const now = currentTime();
      const args = [now, free, longestSeconds * 1000, memorySeconds * 1000];
      return secondsUntil(toTime(await run(PENALIZE, [key], args)), now);
    },
    reset: async (key) => {
      const now = currentTime();
      return secondsUntil(toTime(await run(RESET, [key], [now])), now);
    },
    ping: async () => {
      await started;
      await client.ping();
    },
    close: async () => client.disconnect(),
  };
};
