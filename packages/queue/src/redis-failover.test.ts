import { connectRedis, redisLimitsStore } from '@moonlight/redis';
import { startCluster, startRedis, startSentinel } from '@moonlight/redis/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createMailQueue, startMailWorker } from './index.ts';

let closing: AsyncDisposableStack;
beforeEach(() => {
  closing = new AsyncDisposableStack();
});
afterEach(() => closing.disposeAsync());

/** A queue with a worker, and limits, in the same Redis. */
const useRedis = (redisUrls: readonly string[], whileDraining = async (): Promise<unknown> => undefined) => {
  const onError = () => undefined;
  const options = { databaseUrl: 'postgresql://127.0.0.1:1/none', redisUrls, onError };
  const limits = redisLimitsStore({ urls: redisUrls, clock: { now: () => new Date() }, onError });
  const queue = createMailQueue(options);
  let drains = 0;
  const worker = startMailWorker(options, async () => {
    await whileDraining();
    drains += 1;
  });
  closing.defer(async () => void (await Promise.all([worker.close(), queue.close(), limits.close()])));
  const consume = (limit: number) => limits.consume([{ key: 'calls', limit, windowSeconds: 600 }]);
  return {
    consume,
    /** Notifies until the worker has drained once more, and counts a call. */
    work: async () => {
      const before = drains;
      await expect
        .poll(async () => {
          await Promise.allSettled([queue.notify()]);
          return drains;
        })
        .toBeGreaterThan(before);
      await expect.poll(() => consume(1000).catch(() => 'refused')).toBe(0);
    },
  };
};

/** Seconds until queue and limits work again. */
const secondsOf = async (work: () => Promise<void>): Promise<number> => {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
};

test('in a cluster, queue and limits go on when a replica takes the place of its master', async () => {
  const cluster = await startCluster('{moonlight}', '{moonlight:limits}');
  closing.defer(() => cluster.stop());
  const { work } = useRedis(cluster.urls);
  await work();
  await cluster.killMaster();
  expect(await secondsOf(work)).toBeLessThan(10);
});

test('with sentinels, queue and limits go on when a replica becomes the master', async () => {
  const master = closing.adopt(await startRedis(), (redis) => redis.kill());
  closing.adopt(await startRedis({ replicaOf: master }), (redis) => redis.kill());
  const client = connectRedis([master.url]);
  await expect.poll(() => client.info('replication')).toContain('state=online');
  client.disconnect();
  const sentinel = closing.adopt(await startSentinel(master), (redis) => redis.kill());
  const known = connectRedis([sentinel.url]);
  closing.defer(async () => known.disconnect());
  await expect.poll(() => known.call('SENTINEL', 'REPLICAS', 'moonlight')).toHaveLength(1);
  const { work } = useRedis([`${sentinel.url}?sentinel=moonlight`]);
  await work();
  await master.kill();
  expect(await secondsOf(work)).toBeLessThan(10);
});

test.each(['between two drains', 'during a drain'])(
  'after FLUSHALL %s the queue works on, and limits begin anew',
  async (when) => {
    const redis = closing.adopt(await startRedis(), (running) => running.stop());
    const client = connectRedis([redis.url]);
    closing.defer(async () => client.disconnect());
    // The scripts that the clients loaded are forgotten too.
    const flush = () => Promise.all([client.flushall(), client.script('FLUSH')]);
    const { work, consume } = useRedis([redis.url], when === 'during a drain' ? flush : undefined);
    for (let times = 0; times < 3; times += 1) {
      await work();
      await flush();
      expect(await client.dbsize()).toBe(0);
    }
    expect(await secondsOf(work)).toBeLessThan(5);
    await flush();
    expect(await consume(1)).toBe(0);
    expect(await consume(1)).toBeGreaterThan(0);
  },
);
