import { createRedisBackend, type RedisQueueBackend } from 'bullmq';
import { type Backend, commandTimeoutMs, connectTimeoutMs, type Role } from './backend.ts';
import type { QueueOptions } from './queue-options.ts';
import { within } from './within.ts';
import { connectRedis, type RedisClient, type RedisClientOptions } from '@moonlight/redis';

// BullMQ and we both end a worker's connections. To the second one ioredis grants this time to end what has ended
// already, and keeps the process alive for as long; two seconds unless told.
const disconnectTimeoutMs = 100;

// A command a producer cannot send now is refused: kept back, it would run after its caller was told that it failed.
// A worker's commands wait instead, and its blocking one may last longer than any timeout.
const clientOptions = {
  producer: {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    connectTimeout: connectTimeoutMs,
    commandTimeout: commandTimeoutMs,
  },
  worker: { maxRetriesPerRequest: null, connectTimeout: connectTimeoutMs, disconnectTimeout: disconnectTimeoutMs },
} satisfies Record<Role, RedisClientOptions>;

const reach = async (client: RedisClient): Promise<void> => {
  if (client.status === 'wait' || client.status === 'end') await client.connect();
  await client.ping();
};

/** The queue in Redis or Valkey. */
export const openRedis = (urls: readonly string[], role: Role, options: QueueOptions): Backend => {
  const client = connectRedis(urls, clientOptions[role]);
  client.on('error', (error: Error) => options.onError(error));
  let blocking: RedisQueueBackend['blockingClient'];
  return {
    factory: (name, opts, more) => {
      const backend = createRedisBackend(name, { ...opts, connection: client }, more);
      blocking = backend.blockingClient;
      return backend;
    },
    reach: () => within(commandTimeoutMs, reach(client)),
    close: async () => {
      client.disconnect();
      // BullMQ may not have come to this: it waits for a connection that is about to be made to end first, for ever.
      await blocking?.then((connected) => connected.disconnect()).catch(() => undefined);
    },
  };
};
