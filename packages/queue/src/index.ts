export type { Connected, QueueOptions } from './backend.ts';
export { createMailQueue, type QueueDepth } from './create-mail-queue.ts';
export { isQueueMigrated, migrateQueue } from './postgres-backend.ts';
export { startMailWorker } from './start-mail-worker.ts';
