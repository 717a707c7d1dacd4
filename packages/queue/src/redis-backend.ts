import { connectRedis, type RedisClient, type RedisClientOptions } from '@moonlight/redis';
import { createRedisBackend, type RedisQueueBackend } from 'bullmq';
import type { Backend, QueueOptions, Role } from './backend.ts';
import { commandTimeoutMs, connectTimeoutMs, withTimeout } from './failures.ts';

// BullMQ ends a worker's connections, and so do we. ioredis waits this long for the second end and keeps the process
// alive meanwhile; its default is two seconds.
const disconnectTimeoutMs = 100;

// A command that a producer cannot send now is refused: if it waited, it would run after its caller was told that it
// failed. A worker's commands wait, and its blocking command may take longer than any timeout.
const clientOptions = {
  producer: {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    connectTimeout: connectTimeoutMs,
    commandTimeout: commandTimeoutMs,
  },
  worker: { maxRetriesPerRequest: null, connectTimeout: connectTimeoutMs, disconnectTimeout: disconnectTimeoutMs },
} satisfies Record<Role, RedisClientOptions>;

const ping = async (client: RedisClient): Promise<void> => {
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
    ping: () => withTimeout(commandTimeoutMs, ping(client)),
    close: async () => {
      client.disconnect();
      // BullMQ may not have closed this one: while it connects, BullMQ waits for the connection without a time limit.
      await blocking?.then((connected) => connected.disconnect()).catch(() => undefined);
    },
  };
};
