import { startMailWorker } from '../start-mail-worker.ts';

// A worker that tests start in its own process. Arguments: what it does, the address of PostgreSQL and, if the queue is
// in Redis, the addresses of Redis.
// - `stuck` prints the ids of the jobs that it takes, and never finishes one.
// - `leaving` prints a line when it is connected, closes when its standard input ends, and prints a line when it has
//   closed. The process must then end, because nothing keeps it alive.
const [mode, databaseUrl = '', ...redisUrls] = process.argv.slice(2);

const onError = (error: Error): void => {
  process.stderr.write(`${error.message}\n`);
};

const worker = startMailWorker({ databaseUrl, redisUrls, onError }, (outboxId) => {
  process.stdout.write(`${outboxId}\n`);
  return new Promise(() => undefined);
});

if (mode === 'leaving') {
  await worker.ping();
  process.stdout.write('connected\n');
  process.stdin.resume().once('end', () => {
    void worker.close().then(() => process.stdout.write('closed\n'));
  });
}
