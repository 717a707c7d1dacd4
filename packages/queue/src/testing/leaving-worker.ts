import { startMailWorker } from '../start-mail-worker.ts';

// Run as a process of its own: waits for jobs, leaves when its standard input ends, says so, and is over when nothing
// keeps it any more. Its arguments are the addresses of PostgreSQL and, if the queue is there, of Redis.
const [databaseUrl = '', ...redisUrls] = process.argv.slice(2);

const worker = startMailWorker({ databaseUrl, redisUrls, onError: () => undefined }, async () => undefined);
await worker.ping();
process.stdout.write('here\n');
process.stdin.resume().once('end', () => {
  void worker.close().then(() => process.stdout.write('left\n'));
});
