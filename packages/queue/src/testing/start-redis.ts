import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { connectRedis } from '../redis/connect-redis.ts';
import { freePort } from './free-port.ts';

export interface RunningRedis {
  readonly url: string;
  readonly port: number;
  stop(): Promise<void>;
}

interface RedisSettings {
  readonly password?: string;
  /** One node that owns all slots: its clients meet every rule of a cluster. */
  readonly cluster?: boolean;
}

const untilReady = async (redis: ChildProcess): Promise<void> => {
  if (redis.stdout === null) throw new Error('redis-server has no output');
  const output: string[] = [];
  for await (const line of createInterface({ input: redis.stdout })) {
    output.push(line);
    if (/Ready to accept connections|\+monitor master/.test(line)) {
      redis.stdout.resume(); // Nobody reads on, and a full pipe would stop the server.
      return;
    }
  }
  throw new Error(`redis-server did not start:\n${output.join('\n')}`);
};

const launch = async (config: readonly string[], mode: readonly string[] = []): Promise<RunningRedis> => {
  const folder = await mkdtemp(join(tmpdir(), 'moonlight-redis-'));
  const port = await freePort();
  const file = join(folder, 'redis.conf');
  await writeFile(file, [`port ${port}`, 'bind 127.0.0.1', `dir ${folder}`, ...config, ''].join('\n'));
  const redis = spawn('redis-server', [file, ...mode], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(redis, 'exit');
  await Promise.all([once(redis, 'spawn'), untilReady(redis)]);
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    stop: async () => {
      redis.kill();
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
};

const ownAllSlots = async (url: string): Promise<void> => {
  const client = connectRedis([url]);
  await client.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
  while (!String(await client.call('CLUSTER', 'INFO')).includes('cluster_state:ok')) await client.ping();
  client.disconnect();
};

/** A real Redis on loopback, in a folder of its own, gone without a trace after `stop`. Needs `redis-server` on the PATH. */
export const startRedis = async ({ password, cluster = false }: RedisSettings = {}): Promise<RunningRedis> => {
  const redis = await launch([
    'save ""',
    ...(password === undefined ? [] : [`requirepass ${password}`]),
    ...(cluster ? ['cluster-enabled yes', 'cluster-announce-ip 127.0.0.1', `cluster-port ${await freePort()}`] : []),
  ]);
  if (cluster) await ownAllSlots(redis.url);
  return password === undefined ? redis : { ...redis, url: `redis://:${password}@127.0.0.1:${redis.port}` };
};

/** A Redis sentinel that watches one master under the name `moonlight`. */
export const startSentinel = (master: RunningRedis): Promise<RunningRedis> =>
  launch([`sentinel monitor moonlight 127.0.0.1 ${master.port} 1`], ['--sentinel']);
