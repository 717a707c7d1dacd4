import { createTestDatabase } from '@moonlight/db/testing';
import { type FaultyProxy, startFaultyProxy, startRedis } from '@moonlight/redis/testing';

/** The backend of an empty queue, behind a proxy. */
export interface TestStore {
  readonly databaseUrl: string;
  readonly redisUrls?: readonly string[];
  readonly network: FaultyProxy;
  stop(): Promise<void>;
}

const startPostgresStore = async (): Promise<TestStore> => {
  const database = await createTestDatabase();
  const network = await startFaultyProxy(database.url);
  return {
    databaseUrl: network.url,
    network,
    stop: async () => {
      await network.close();
      await database.drop();
    },
  };
};

// Nothing listens on port 1: a queue in Redis must not touch the database.
const noDatabase = 'postgresql://127.0.0.1:1/none';

const startRedisStore = async (): Promise<TestStore> => {
  const redis = await startRedis();
  const network = await startFaultyProxy(redis.url);
  return {
    databaseUrl: noDatabase,
    redisUrls: [network.url],
    network,
    stop: async () => {
      await network.close();
      await redis.stop();
    },
  };
};

/** The two backends. The same tests run on both. */
export const testStores = { postgres: startPostgresStore, redis: startRedisStore };
