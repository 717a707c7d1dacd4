export { createMailQueue } from './create-mail-queue.ts';
export { migrateQueue } from './migrate-queue.ts';
export type { Connected, QueueOptions, WorkerOptions } from './queue-options.ts';
export { startMailWorker } from './start-mail-worker.ts';
