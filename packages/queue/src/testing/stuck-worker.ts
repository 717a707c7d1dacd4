import { startMailWorker } from '../start-mail-worker.ts';

// Run as a process of its own: takes jobs, tells which, and never finishes one. Its arguments are the addresses of
// PostgreSQL and, if the queue is there, of Redis.
const [databaseUrl = '', ...redisUrls] = process.argv.slice(2);

const onError = (error: Error): void => {
  process.stderr.write(`${error.message}\n`);
};

startMailWorker({ databaseUrl, redisUrls, onError }, (outboxId) => {
  process.stdout.write(`${outboxId}\n`);
  return new Promise(() => undefined);
});
