import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { connectRedis } from '@moonlight/redis';
import { type RunningRedis, startRedis, startSentinel } from '@moonlight/redis/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createMailQueue, startMailWorker, type Connected, type QueueOptions } from './index.ts';

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

const deliverAll = async (redisUrls: readonly string[]): Promise<string[]> => {
  const options: QueueOptions = { databaseUrl, redisUrls, onError: () => undefined };
  const seen: string[] = [];
  const queue = createMailQueue(options);
  const worker = startMailWorker(options, async (outboxId) => void seen.push(outboxId));
  open.push(queue, worker);
  await queue.add(ids);
  await expect.poll(() => seen.length).toBeGreaterThanOrEqual(ids.length);
  await Promise.all([queue.ping(), worker.ping()]);
  return seen.toSorted();
};

test('several addresses are a cluster, and all keys of the queue share one slot', async () => {
  const { url } = await start(startRedis({ cluster: true }));
  expect(await deliverAll([url, url])).toEqual(ids);
});

test('an address with ?sentinel is a sentinel, which names the master', async () => {
  const master = await start(startRedis());
  const sentinel = await start(startSentinel(master));
  expect(await deliverAll([`${sentinel.url}?sentinel=moonlight`])).toEqual(ids);
});

test('password and database number come from the address', async () => {
  const { url } = await start(startRedis({ password: 'open-sesame' }));
  expect(await deliverAll([`${url}/2`])).toEqual(ids);
  const client = connectRedis([url]);
  expect(await client.dbsize()).toBe(0);
  client.disconnect();
});

test('a closed worker keeps no process alive', async () => {
  const { url } = await start(startRedis());
  const script = fileURLToPath(new URL('testing/worker-process.ts', import.meta.url));
  const child = spawn(process.execPath, [script, 'leaving', databaseUrl, url], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout });
  await once(lines, 'line');
  child.stdin.end();
  await once(lines, 'line');
  const [code] = await once(child, 'exit');
  expect(code).toBe(0);
});

test('the report of a wrong password does not contain it', async () => {
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
  await expect.poll(() => errors.length).toBeGreaterThan(3);
  expect(inspect(errors, { depth: 9, showHidden: true })).not.toContain('wr0ng-secret');
  expect(errors.map(String).join('\n')).toMatch(/WRONGPASS|NOAUTH/);
});
