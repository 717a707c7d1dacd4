import { inspect } from 'node:util';
import type { LimitsStore } from '@moonlight/auth';
import { fallbackLimitsStore, memoryLimitsStore, systemClock } from '@moonlight/auth';
import { describeLimitsStore } from '@moonlight/auth/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { connectRedis } from './connect-redis.ts';
import { type RedisLimitsStore, redisLimitsStore } from './redis-limits-store.ts';
import { type FaultyProxy, type RunningRedis, startFaultyProxy, startRedis } from './testing.ts';

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const rule = { key: 'rule', limit: 3, windowSeconds: 600 };

describeLimitsStore('Redis', async (clock) => {
  const redis = await startRedis();
  const open = () => redisLimitsStore({ urls: [redis.url], clock, onError: () => undefined });
  const replicas = [open(), open()] as const;
  return {
    replicas,
    close: async () => {
      await Promise.all(replicas.map((store) => store.close()));
      await redis.stop();
    },
  };
});

describeLimitsStore('a Redis cluster', async (clock) => {
  const redis = await startRedis({ cluster: true });
  // Two addresses make the client treat it as a cluster.
  const open = () => redisLimitsStore({ urls: [redis.url, redis.url], clock, onError: () => undefined });
  const replicas = [open(), open()] as const;
  return {
    replicas,
    close: async () => {
      await Promise.all(replicas.map((store) => store.close()));
      await redis.stop();
    },
  };
});

describe('redisLimitsStore', () => {
  let redis: RunningRedis;
  let network: FaultyProxy;
  let store: RedisLimitsStore;
  let limits: LimitsStore;
  let errors: Error[];

  beforeAll(async () => {
    redis = await startRedis({ password: 'sesame' });
  });
  beforeEach(async () => {
    network = await startFaultyProxy(redis.url);
    errors = [];
    store = redisLimitsStore({ urls: [network.url], clock: systemClock, onError: (error) => errors.push(error) });
    limits = fallbackLimitsStore(store, memoryLimitsStore(systemClock), {
      timeoutMs: 200,
      clock: systemClock,
      log: silent,
    });
  });
  afterEach(async () => {
    await store.close();
    await network.close();
  });
  afterAll(() => redis.stop());

  test('counts in Redis again after an outage', async () => {
    const key = 'back';
    await limits.consume([{ ...rule, key }]);
    await network.sever();
    await expect(store.ping()).rejects.toThrow(/./);
    await expect(store.consume([{ ...rule, key }])).rejects.toThrow(/./);
    // In memory the count starts at zero.
    for (const refused of [false, false, false, true])
      expect((await limits.consume([{ ...rule, key }])) > 0).toBe(refused);
    await network.restore();
    await vi.waitUntil(async () => (await limits.peek([{ ...rule, key }]))[0] === 0, { timeout: 5000 });
    for (const refused of [false, false, true]) expect((await limits.consume([{ ...rule, key }])) > 0).toBe(refused);
  });

  test('closes the connection to a Redis that does not answer, and delays no call', async () => {
    await store.ping();
    network.freeze();
    const started = performance.now();
    expect(await limits.consume([{ ...rule, key: 'silent' }])).toBe(0);
    expect(performance.now() - started).toBeLessThan(1000);
    await vi.waitUntil(() => errors.some(({ message }) => message.includes('Socket timeout')), { timeout: 5000 });
    await network.restore();
    await vi.waitUntil(
      () =>
        store.ping().then(
          () => true,
          () => false,
        ),
      { timeout: 5000 },
    );
  });

  test.each(['a server', 'a cluster', 'sentinels'])(
    'rejects within three seconds if %s is down from the start',
    async (kind) => {
      await network.sever();
      const url = `redis://127.0.0.1:${network.port}`;
      const urls = { 'a server': [url], 'a cluster': [url, url], sentinels: [`${url}?sentinel=moonlight`] }[kind] ?? [];
      const late = redisLimitsStore({ urls, clock: systemClock, onError: () => undefined });
      const started = performance.now();
      await expect(late.consume([rule])).rejects.toThrow('enableOfflineQueue');
      expect(performance.now() - started).toBeLessThan(3000);
      await late.close();
    },
  );

  test('reports a refused login without the password', async () => {
    const reported: Error[] = [];
    const intruder = redisLimitsStore({
      urls: [redis.url.replace('sesame', 'a-guess')],
      clock: systemClock,
      onError: (error) => reported.push(error),
    });
    reported.push(
      await intruder.ping().then(
        () => expect.unreachable(),
        (error: Error) => error,
      ),
    );
    expect(reported.map(({ message }) => message)).toContainEqual(expect.stringMatching(/^WRONGPASS/));
    expect(inspect(reported, { depth: 9, showHidden: true })).not.toContain('a-guess');
    await intruder.close();
  });

  test('removes a counter about a minute after its window', async () => {
    const client = connectRedis([redis.url]);
    await store.consume([{ key: 'expiring', limit: 3, windowSeconds: 10 }]);
    await store.penalize({ key: 'expiring-fail', free: 5, longestSeconds: 900, memorySeconds: 10 });
    for (const key of ['expiring', 'expiring-fail']) {
      const ttl = await client.pttl(`{moonlight:limits}:${key}`);
      expect(ttl).toBeGreaterThan(60_000);
      expect(ttl).toBeLessThanOrEqual(70_000);
    }
    client.disconnect();
  });
});
