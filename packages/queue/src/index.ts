export { createMailQueue } from './create-mail-queue.ts';
export { migrateQueue } from './postgres/migrate-queue.ts';
export type { Connected, QueueOptions, WorkerOptions } from './queue-options.ts';
export { connectRedis, type RedisClient, type RedisClientOptions } from './redis/connect-redis.ts';
export { startMailWorker } from './start-mail-worker.ts';
