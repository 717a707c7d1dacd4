import { connectRedis } from '@moonlight/redis';
import pg from 'pg';
import { expect, test } from 'vitest';
import { createMailQueue, startMailWorker } from './index.ts';
import { testStores, type TestStore } from './testing/start-test-store.ts';

/** The rows of all tables of the queue. */
const countRows = async ({ databaseUrl }: TestStore): Promise<number> => {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const tables = await client.query<{ name: string }>(
    "select format('bullmq.%I', table_name) as name from information_schema.tables where table_schema = 'bullmq'",
  );
  let sum = 0;
  for (const { name } of tables.rows) sum += Number((await client.query(`select count(*) from ${name}`)).rows[0].count);
  await client.end();
  return sum;
};

/** The keys of Redis, and the entries of the event stream. */
const countKeys = async ({ redisUrls = [] }: TestStore): Promise<number> => {
  const client = connectRedis(redisUrls);
  const keys = await client.dbsize();
  const events = await client.xlen('{moonlight}:moonlight-mail:events');
  client.disconnect();
  return keys + events;
};

// Each causes five events. BullMQ keeps the last hundred, and in PostgreSQL removes others after 256 of them.
const NOTIFICATIONS = 100;
const MOST = 400;

const counters = { postgres: countRows, redis: countKeys };

test.each(['postgres', 'redis'] as const)(
  'in %s the queue does not grow with the number of notifications',
  async (name) => {
    const store = await testStores[name]();
    const options = { ...store, onError: () => undefined };
    let drains = 0;
    const queue = createMailQueue(options);
    const workers = Array.from({ length: 2 }, () => startMailWorker(options, async () => void (drains += 1)));
    for (let count = 0; count < NOTIFICATIONS; count += 1) {
      const before = drains;
      await queue.notify();
      await expect.poll(() => drains, { interval: 2 }).toBeGreaterThan(before);
    }
    expect(await counters[name](store)).toBeLessThan(MOST);
    await Promise.all([queue.close(), ...workers.map((worker) => worker.close())]);
    await store.stop();
  },
);
