import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { connectRedis } from '@moonlight/redis';
import { type RunningRedis, startRedis, startSentinel } from '@moonlight/redis/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createMailQueue, startMailWorker, type Connected, type QueueOptions } from './index.ts';

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

/** Notifies a worker through this Redis; resolves with how often it drained. */
const notifyThrough = async (redisUrls: readonly string[]): Promise<number> => {
  const options: QueueOptions = { databaseUrl, redisUrls, onError: () => undefined };
  let drains = 0;
  const queue = createMailQueue(options);
  const worker = startMailWorker(options, async () => void (drains += 1));
  open.push(queue, worker);
  await queue.notify();
  await expect.poll(() => drains).toBe(1);
  await Promise.all([queue.ping(), worker.ping()]);
  return drains;
};

test('several addresses are a cluster, and all keys of the queue share one slot', async () => {
  const { url } = await start(startRedis({ cluster: true }));
  expect(await notifyThrough([url, url])).toBe(1);
});

test('an address with ?sentinel is a sentinel, which names the master', async () => {
  const master = await start(startRedis());
  const sentinel = await start(startSentinel(master));
  expect(await notifyThrough([`${sentinel.url}?sentinel=moonlight`])).toBe(1);
});

test('password and database number come from the address', async () => {
  const { url } = await start(startRedis({ password: 'open-sesame' }));
  expect(await notifyThrough([`${url}/2`])).toBe(1);
  const client = connectRedis([url]);
  expect(await client.dbsize()).toBe(0);
  client.disconnect();
});

test('a closed worker keeps no process alive', async () => {
  const { url } = await start(startRedis());
  const script = fileURLToPath(new URL('testing/worker-process.ts', import.meta.url));
  const child = spawn(process.execPath, [script, databaseUrl, url], { stdio: ['pipe', 'pipe', 'inherit'] });
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
  errors.push(await queue.notify().catch((error: unknown) => error));
  errors.push(await worker.ping().catch((error: unknown) => error));
  await expect.poll(() => errors.length).toBeGreaterThan(3);
  expect(inspect(errors, { depth: 9, showHidden: true })).not.toContain('wr0ng-secret');
  expect(errors.map(String).join('\n')).toMatch(/WRONGPASS|NOAUTH/);
});
