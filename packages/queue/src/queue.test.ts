import { Queue } from 'bullmq';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openBackend, queueName, redisKeyPrefix } from './backend.ts';
import { createMailQueue, startMailWorker, type Connected, type QueueOptions } from './index.ts';
import { testStores, type TestStore } from './testing/start-test-store.ts';

const succeeds = (act: Promise<void>): Promise<boolean> =>
  act.then(
    () => true,
    () => false,
  );
describe.each(Object.entries(testStores))('the queue in %s', (_name, startStore) => {
  let store: TestStore;
  let options: QueueOptions;
  let errors: Error[];
  let open: Connected[];

  const queue = () => {
    const created = createMailQueue(options);
    open.push(created);
    return created;
  };
  const worker = (drain: () => Promise<void>) => {
    const started = startMailWorker(options, drain);
    open.push(started);
    return started;
  };
  /** Counts the drains; each ends when `release` has been called. */
  const slowDrain = () => {
    const { promise, resolve: release } = Promise.withResolvers<void>();
    const counts = { started: 0, ended: 0 };
    const drain = async () => {
      counts.started += 1;
      await promise;
      counts.ended += 1;
    };
    return { counts, release, drain };
  };
  const quickDrain = () => {
    const { counts, release, drain } = slowDrain();
    release();
    return { counts, drain };
  };

  beforeEach(async () => {
    store = await startStore();
    errors = [];
    open = [];
    options = { ...store, onError: (error) => errors.push(error) };
  });
  afterEach(async () => {
    await store.network.restore();
    await Promise.all(open.map((part) => part.close()));
    await store.stop();
  });

  test('the depth counts the notification that waits, and none after a worker has taken it', async () => {
    const producer = queue();
    expect(await producer.depth()).toEqual({ waiting: 0, active: 0 });
    await producer.notify();
    expect(await producer.depth()).toEqual({ waiting: 1, active: 0 });
    const { release, drain } = slowDrain();
    worker(drain);
    await expect.poll(() => producer.depth()).toEqual({ waiting: 0, active: 1 });
    release();
    await expect.poll(() => producer.depth()).toEqual({ waiting: 0, active: 0 });
  });

  test('an idle worker drains at once after a notification', async () => {
    const { counts, drain } = quickDrain();
    worker(drain);
    const producer = queue();
    await producer.notify();
    await expect.poll(() => counts.ended).toBe(1);
    const started = performance.now();
    await producer.notify();
    await expect.poll(() => counts.ended).toBe(2);
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  test('notifications that no worker has received yet become one', async () => {
    const [one, other] = [queue(), queue()];
    for (const producer of [one, other]) await producer.notify();
    await Promise.all(Array.from({ length: 50 }, (_, n) => (n % 2 === 0 ? one : other).notify()));
    const { counts, drain } = quickDrain();
    const [consumer] = [worker(drain), worker(drain)];
    await expect.poll(() => counts.ended).toBe(1);
    // The next notification is handled as well, so none of the first ones was left.
    await consumer.ping();
    await queue().notify();
    await expect.poll(() => counts.ended).toBe(2);
  });

  test('notifications during a drain lead to one more, by any worker', async () => {
    const { counts, release, drain } = slowDrain();
    worker(drain);
    worker(drain);
    const producer = queue();
    await producer.notify();
    await expect.poll(() => counts.started).toBe(1);
    for (let times = 0; times < 3; times += 1) await producer.notify();
    release();
    await expect.poll(() => counts.ended).toBe(2);
    await producer.notify();
    await expect.poll(() => counts.ended).toBe(3);
  });

  test('after a failed drain the next notification leads to another', async () => {
    const producer = queue();
    let drains = 0;
    worker(async () => {
      drains += 1;
      throw new Error('the work failed');
    });
    for (const times of [1, 2, 3]) {
      await producer.notify();
      await expect.poll(() => drains).toBe(times);
    }
    await expect.poll(() => errors).toHaveLength(3);
    expect(errors[0]?.message).toBe('the work failed');
  });

  test('closing a worker waits for the running drain and starts no other', async () => {
    const { counts, release, drain } = slowDrain();
    const closing = startMailWorker(options, drain);
    const producer = queue();
    await producer.notify();
    await expect.poll(() => counts.started).toBe(1);
    await producer.notify();
    const closed = closing.close();
    release();
    await closed;
    expect(counts).toEqual({ started: 1, ended: 1 });
    const next = quickDrain();
    worker(next.drain);
    await expect.poll(() => next.counts.ended).toBe(1);
  });

  test('a job of the release before, which names a mail, leads to a drain', async () => {
    const backend = openBackend(options, 'producer');
    await backend.ping();
    const settings = { connection: {}, prefix: redisKeyPrefix, defaultJobOptions: { removeOnComplete: true } };
    const previous = new Queue(queueName, settings, backend.factory);
    await previous.waitUntilReady();
    const outboxId = '01890000-0000-7000-8000-000000000001';
    await previous.add('deliver', { outboxId }, { jobId: outboxId });
    const { counts, drain } = quickDrain();
    worker(drain);
    await expect.poll(() => counts.ended).toBe(1);
    await queue().notify();
    await expect.poll(() => counts.ended).toBe(2);
    expect(errors).toEqual([]);
    await previous.close();
    await backend.close();
  });

  test('a call without a backend rejects within five seconds, and is not sent later', async () => {
    const producer = queue();
    const early = queue();
    await producer.notify();
    await store.network.sever();
    const started = performance.now();
    for (const part of [producer, early]) {
      await expect(part.notify()).rejects.toBeInstanceOf(Error);
      await expect(part.ping()).rejects.toBeInstanceOf(Error);
    }
    expect(performance.now() - started).toBeLessThan(5_000);

    await store.network.restore();
    for (const part of [producer, early]) await expect.poll(() => succeeds(part.ping())).toBe(true);
    const { counts, drain } = quickDrain();
    worker(drain);
    await expect.poll(() => counts.ended).toBe(1);
    await early.notify();
    await expect.poll(() => counts.ended).toBe(2);
  });

  test('a call to a backend that stopped answering rejects within ten seconds', { timeout: 30_000 }, async () => {
    const producer = queue();
    await producer.ping();
    store.network.freeze();
    const started = performance.now();
    await expect(producer.notify()).rejects.toBeInstanceOf(Error);
    expect(performance.now() - started).toBeLessThan(10_000);
    await store.network.sever();
  });

  test('a worker that started without a backend works when the backend is back', async () => {
    await store.network.sever();
    const { counts, drain } = quickDrain();
    const consumer = worker(drain);
    await expect(consumer.ping()).rejects.toBeInstanceOf(Error);
    await expect.poll(() => errors.length).toBeGreaterThan(0);
    await store.network.restore();
    const producer = queue();
    await expect.poll(() => succeeds(producer.notify())).toBe(true);
    await expect.poll(() => counts.ended).toBeGreaterThan(0);
  });

  test('an idle worker and a busy worker both survive an outage', { timeout: 30_000 }, async () => {
    const { counts, release, drain } = slowDrain();
    worker(drain);
    worker(drain);
    const producer = queue();
    await producer.notify();
    await expect.poll(() => counts.started).toBe(1);
    await store.network.sever();
    release();
    await expect.poll(() => errors.length).toBeGreaterThan(0);
    await store.network.restore();
    for (const times of [2, 3])
      await expect
        .poll(
          async () => {
            await succeeds(producer.notify());
            return counts.ended;
          },
          { timeout: 15_000 },
        )
        .toBeGreaterThanOrEqual(times);
  });

  test('a worker without a backend closes within ten seconds', async () => {
    const { drain } = quickDrain();
    const consumer = startMailWorker(options, drain);
    await consumer.ping();
    await store.network.sever();
    const started = performance.now();
    await consumer.close();
    const never = startMailWorker(options, drain);
    await never.close();
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});
