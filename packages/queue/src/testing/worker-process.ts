import { startMailWorker } from '../start-mail-worker.ts';

// A worker that a test starts in its own process. Arguments: the address of PostgreSQL and the addresses of Redis. It prints
// a line when it is connected, closes when its standard input ends, and prints a line when it has closed. The process must
// then end, because nothing keeps it alive.
const [databaseUrl = '', ...redisUrls] = process.argv.slice(2);

const onError = (error: Error): void => {
  process.stderr.write(`${error.message}\n`);
};

const worker = startMailWorker({ databaseUrl, redisUrls, onError }, async () => undefined);
await worker.ping();
process.stdout.write('connected\n');
process.stdin.resume().once('end', () => {
  void worker.close().then(() => process.stdout.write('closed\n'));
});
