import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createMailQueue, startMailWorker, type Connected, type QueueOptions } from './index.ts';
import { startRedis, startSentinel, type RunningRedis } from '@moonlight/redis/testing';
import { until } from './testing/until.ts';
import { connectRedis } from '@moonlight/redis';

const ids = Array.from({ length: 20 }, (_, n) => `01890000-0000-7000-8000-${String(n).padStart(12, '0')}`);
const databaseUrl = 'postgresql://127.0.0.1:1/none';

let servers: RunningRedis[];
let open: Connected[];

const start = async (starting: Promise<RunningRedis>): Promise<RunningRedis> => {
  const server = await starting;
  servers.unshift(server);
  return server;
};

beforeEach(() => {
  servers = [];
  open = [];
});
afterEach(async () => {
  await Promise.all(open.map((part) => part.close()));
  for (const server of servers) await server.stop();
});

const passThrough = async (redisUrls: readonly string[]): Promise<string[]> => {
  const options: QueueOptions = { databaseUrl, redisUrls, onError: () => undefined };
  const seen: string[] = [];
  const queue = createMailQueue(options);
  const worker = startMailWorker(options, async (outboxId) => void seen.push(outboxId));
  open.push(queue, worker);
  await queue.add(ids);
  await until(() => seen.length >= ids.length);
  await Promise.all([queue.ping(), worker.ping()]);
  return seen.toSorted();
};

test('a list of addresses is a cluster, whose slots all keys of the queue share', async () => {
  const { url } = await start(startRedis({ cluster: true }));
  expect(await passThrough([url, url])).toEqual(ids);
});

test('sentinels are asked for the master', async () => {
  const master = await start(startRedis());
  const sentinel = await start(startSentinel(master));
  expect(await passThrough([`${sentinel.url}?sentinel=moonlight`])).toEqual(ids);
});

test('user, password and database number come from the address', async () => {
  const { url } = await start(startRedis({ password: 'open-sesame' }));
  expect(await passThrough([`${url}/2`])).toEqual(ids);
  const client = connectRedis([url]);
  expect(await client.dbsize()).toBe(0);
  client.disconnect();
});

test('a worker that has left keeps no process alive', async () => {
  const { url } = await start(startRedis());
  const script = fileURLToPath(new URL('./testing/leaving-worker.ts', import.meta.url));
  const child = spawn(process.execPath, [script, databaseUrl, url], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout });
  await once(lines, 'line');
  child.stdin.end();
  await once(lines, 'line');
  const [code] = await once(child, 'exit');
  expect(code).toBe(0);
});

test('a wrong password is reported without being repeated', async () => {
  const { url } = await start(startRedis({ password: 'open-sesame' }));
  const errors: unknown[] = [];
  const options: QueueOptions = {
    databaseUrl,
    redisUrls: [url.replace('open-sesame', 'wr0ng-secret')],
    onError: (error) => errors.push(error),
  };
  const queue = createMailQueue(options);
  const worker = startMailWorker(options, async () => undefined);
  open.push(queue, worker);
  errors.push(await queue.add(ids).catch((error: unknown) => error));
  errors.push(await worker.ping().catch((error: unknown) => error));
  await until(() => errors.length > 3);
  expect(inspect(errors, { depth: 9, showHidden: true })).not.toContain('wr0ng-secret');
  expect(errors.map(String).join('\n')).toMatch(/WRONGPASS|NOAUTH/);
});
