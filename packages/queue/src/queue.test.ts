import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { createMailQueue, startMailWorker, type Connected, type QueueOptions } from './index.ts';
import { testStores, type TestStore } from './testing/start-test-store.ts';

const succeeds = (act: Promise<void>): Promise<boolean> =>
  act.then(
    () => true,
    () => false,
  );
const id = (n: number): string => `01890000-0000-7000-8000-${String(n).padStart(12, '0')}`;

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
  const worker = (process: (outboxId: string) => Promise<void>, concurrency = 10) => {
    const started = startMailWorker({ ...options, concurrency }, process);
    open.push(started);
    return started;
  };
  const collector = () => {
    const seen: string[] = [];
    return { seen, process: async (outboxId: string) => void seen.push(outboxId) };
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

  test('delivers every id to exactly one of two workers', async () => {
    const { seen, process } = collector();
    worker(process);
    worker(process);
    const ids = Array.from({ length: 200 }, (_, n) => id(n));
    await queue().add(ids);
    await expect.poll(() => seen.length).toBeGreaterThanOrEqual(ids.length);
    expect(seen.toSorted()).toEqual(ids);
  });

  test('adding nothing does nothing, and a waiting id is not added twice', async () => {
    const producer = queue();
    await producer.add([]);
    await producer.add([id(1)]);
    await producer.add([id(1), id(2), id(2)]);
    const { seen, process } = collector();
    worker(process);
    await expect.poll(() => seen.length).toBeGreaterThanOrEqual(2);
    await producer.add([id(3)]);
    await expect.poll(() => seen).toContain(id(3));
    expect(seen.toSorted()).toEqual([id(1), id(2), id(3)]);
  });

  test('a processed id can be added again, also after a failure', async () => {
    const producer = queue();
    const seen: string[] = [];
    worker(async (outboxId) => {
      seen.push(outboxId);
      throw new Error('the work failed');
    });
    for (const times of [1, 2, 3]) {
      await expect
        .poll(async () => {
          await producer.add([id(1)]);
          return seen.length;
        })
        .toBeGreaterThanOrEqual(times);
    }
    await expect.poll(() => errors.length).toBeGreaterThanOrEqual(3);
    expect(errors[0]?.message).toBe('the work failed');
  });

  test('an idle worker starts a new job at once', async () => {
    const { seen, process } = collector();
    worker(process);
    const producer = queue();
    await producer.add([id(1)]);
    await expect.poll(() => seen.length).toBe(1);
    const started = performance.now();
    await producer.add([id(2)]);
    await expect.poll(() => seen.length).toBe(2);
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  test('a worker runs as many jobs at the same time as its concurrency allows', async () => {
    let running = 0;
    let most = 0;
    const release = Promise.withResolvers<void>();
    worker(async () => {
      running += 1;
      most = Math.max(most, running);
      await release.promise;
      running -= 1;
    }, 3);
    await queue().add([1, 2, 3, 4, 5, 6].map(id));
    await expect.poll(() => running).toBe(3);
    release.resolve();
    await expect.poll(() => running).toBe(0);
    expect(most).toBe(3);
  });

  test('closing a worker waits for the running job and takes no other job', async () => {
    const release = Promise.withResolvers<void>();
    const done: string[] = [];
    const started: string[] = [];
    const closing = startMailWorker({ ...options, concurrency: 1 }, async (outboxId) => {
      started.push(outboxId);
      await release.promise;
      done.push(outboxId);
    });
    await queue().add([id(1), id(2)]);
    await expect.poll(() => started.length).toBe(1);
    const closed = closing.close();
    release.resolve();
    await closed;
    expect(done).toEqual([id(1)]);
    const { seen, process } = collector();
    worker(process);
    await expect.poll(() => seen.length).toBe(1);
    expect(seen).toEqual([id(2)]);
  });

  test('another worker does the job of a killed worker within fifteen seconds', { timeout: 30_000 }, async () => {
    const script = fileURLToPath(new URL('testing/worker-process.ts', import.meta.url));
    const child = spawn(process.execPath, [script, 'stuck', store.databaseUrl, ...(store.redisUrls ?? [])], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    await queue().add([id(1)]);
    const [taken] = await once(createInterface({ input: child.stdout }), 'line');
    expect(taken).toBe(id(1));
    child.kill('SIGKILL');
    await once(child, 'exit');
    const killed = performance.now();
    const { seen, process: finish } = collector();
    worker(finish);
    await expect.poll(() => seen.length).toBe(1);
    expect(performance.now() - killed).toBeLessThan(15_000);
  });

  test('a call without a backend rejects within five seconds, and is not sent later', async () => {
    const producer = queue();
    const early = queue();
    await producer.add([id(1)]);
    await store.network.sever();
    const started = performance.now();
    for (const part of [producer, early]) {
      await expect(part.add([id(2)])).rejects.toBeInstanceOf(Error);
      await expect(part.ping()).rejects.toBeInstanceOf(Error);
    }
    expect(performance.now() - started).toBeLessThan(5_000);

    await store.network.restore();
    const { seen, process } = collector();
    const consumer = worker(process);
    for (const part of [producer, early, consumer]) await expect.poll(() => succeeds(part.ping())).toBe(true);
    await producer.add([id(3)]);
    await early.add([id(4)]);
    // The worker handles several jobs at the same time, so the fourth may end before the third.
    for (const added of [3, 4]) await expect.poll(() => seen).toContain(id(added));
    expect(seen.toSorted()).toEqual([id(1), id(3), id(4)]);
  });

  test('a call to a backend that stopped answering rejects within ten seconds', { timeout: 30_000 }, async () => {
    const producer = queue();
    await producer.ping();
    store.network.freeze();
    const started = performance.now();
    await expect(producer.add([id(1)])).rejects.toBeInstanceOf(Error);
    expect(performance.now() - started).toBeLessThan(10_000);
    await store.network.sever();
  });

  test('a worker that started without a backend works when the backend is back', async () => {
    await store.network.sever();
    const { seen, process } = collector();
    const consumer = worker(process);
    await expect(consumer.ping()).rejects.toBeInstanceOf(Error);
    await expect.poll(() => errors.length).toBeGreaterThan(0);
    await store.network.restore();
    const producer = queue();
    await expect.poll(() => succeeds(producer.add([id(1)]))).toBe(true);
    await expect.poll(() => seen.length).toBe(1);
  });

  test('an idle worker and a busy worker both survive an outage', { timeout: 30_000 }, async () => {
    const release = Promise.withResolvers<void>();
    const seen: string[] = [];
    worker(async (outboxId) => {
      seen.push(outboxId);
      if (outboxId === id(1)) await release.promise;
    });
    worker(async (outboxId) => void seen.push(outboxId));
    const producer = queue();
    await producer.add([id(1)]);
    await expect.poll(() => seen.length).toBeGreaterThan(0);
    await store.network.sever();
    release.resolve();
    await expect.poll(() => errors.length).toBeGreaterThan(0);
    await store.network.restore();
    await expect.poll(() => succeeds(producer.add([id(2)]))).toBe(true);
    await expect.poll(() => seen).toContain(id(2));
    // The outage may have hidden that the first job was done; then it runs again. In both cases its id can be added again.
    await expect
      .poll(async () => {
        await producer.add([id(1)]);
        return seen.filter((outboxId) => outboxId === id(1)).length;
      })
      .toBeGreaterThanOrEqual(2);
    expect(new Set(seen)).toEqual(new Set([id(1), id(2)]));
  });

  test('a worker without a backend closes within ten seconds', async () => {
    const { process } = collector();
    const consumer = startMailWorker(options, process);
    await consumer.ping();
    await store.network.sever();
    const started = performance.now();
    await consumer.close();
    const never = startMailWorker(options, process);
    await never.close();
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});
