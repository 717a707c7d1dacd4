import { createTestDatabase } from '@moonlight/db/testing';
import { migrateQueue } from '../migrate-queue.ts';
import { type SeverableProxy, startRedis, startSeverableProxy } from '@moonlight/redis/testing';

/** An empty queue's backend with a proxy in front. */
export interface TestStore {
  readonly databaseUrl: string;
  readonly redisUrls?: readonly string[];
  readonly network: SeverableProxy;
  stop(): Promise<void>;
}

const through = (url: string, port: number): string => {
  const proxied = new URL(url);
  proxied.host = `127.0.0.1:${port}`;
  return proxied.href;
};

const startPostgresStore = async (): Promise<TestStore> => {
  const database = await createTestDatabase();
  await migrateQueue(database.url);
  const network = await startSeverableProxy(Number(new URL(database.url).port));
  return {
    databaseUrl: through(database.url, network.port),
    network,
    stop: async () => {
      await network.stop();
      await database.drop();
    },
  };
};

// Nothing listens on port 1: a queue in Redis must not touch the database.
const noDatabase = 'postgresql://127.0.0.1:1/none';

const startRedisStore = async (): Promise<TestStore> => {
  const redis = await startRedis();
  const network = await startSeverableProxy(redis.port);
  return {
    databaseUrl: noDatabase,
    redisUrls: [through(redis.url, network.port)],
    network,
    stop: async () => {
      await network.stop();
      await redis.stop();
    },
  };
};

/** The two backends; every promise of the queue is tested on both. */
export const testStores = { postgres: startPostgresStore, redis: startRedisStore };
