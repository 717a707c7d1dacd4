import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { connectRedis } from '../connect-redis.ts';
import { freePort } from '@moonlight/test-servers';

export interface RunningRedis {
  readonly url: string;
  readonly port: number;
  stop(): Promise<void>;
  /** Kills it, like a power cut. Its data is lost. */
  kill(): Promise<void>;
}

interface RedisSettings {
  readonly password?: string;
  /** One node that owns all slots; all rules of a cluster apply to its clients. */
  readonly cluster?: boolean;
  /** The server whose data it copies, to take its place when a sentinel says so. */
  readonly replicaOf?: RunningRedis;
  /** The port of an earlier server, to take its place; a free port by default. */
  readonly port?: number | undefined;
}

const untilReady = async (redis: ChildProcess): Promise<void> => {
  if (redis.stdout === null) throw new Error('redis-server has no output');
  const output: string[] = [];
  for await (const line of createInterface({ input: redis.stdout })) {
    output.push(line);
    if (/Ready to accept connections|\+monitor master/.test(line)) {
      redis.stdout.resume(); // Discards the rest of the output, because a full pipe would stop the server.
      return;
    }
  }
  throw new Error(`redis-server did not start:\n${output.join('\n')}`);
};

interface Launch {
  readonly config: readonly string[];
  readonly mode?: readonly string[];
  readonly port?: number | undefined;
}

export const launch = async ({ config, mode = [], port: wanted }: Launch): Promise<RunningRedis> => {
  const folder = await mkdtemp(join(tmpdir(), 'moonlight-redis-'));
  const port = wanted ?? (await freePort());
  const file = join(folder, 'redis.conf');
  await writeFile(file, [`port ${port}`, 'bind 127.0.0.1', `dir ${folder}`, ...config, ''].join('\n'));
  const redis = spawn('redis-server', [file, ...mode], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(redis, 'exit');
  await Promise.all([once(redis, 'spawn'), untilReady(redis)]);
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    redis.kill(signal);
    await exited;
    await rm(folder, { recursive: true, force: true });
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
  };
};

const ownAllSlots = async (url: string): Promise<void> => {
  const client = connectRedis([url]);
  await client.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
  while (!String(await client.call('CLUSTER', 'INFO')).includes('cluster_state:ok')) await client.ping();
  client.disconnect();
};

/** Starts a real Redis on loopback with its own folder, which `stop` deletes. Needs `redis-server` on the PATH. */
export const startRedis = async ({
  password,
  cluster = false,
  replicaOf,
  port,
}: RedisSettings = {}): Promise<RunningRedis> => {
  const config = [
    'save ""',
    ...(password === undefined ? [] : [`requirepass ${password}`]),
    ...(replicaOf === undefined ? [] : [`replicaof 127.0.0.1 ${replicaOf.port}`, 'repl-diskless-sync-delay 0']),
    ...(cluster ? ['cluster-enabled yes', 'cluster-announce-ip 127.0.0.1', `cluster-port ${await freePort()}`] : []),
  ];
  const redis = await launch({ config, port });
  if (cluster) await ownAllSlots(redis.url);
  return password === undefined ? redis : { ...redis, url: `redis://:${password}@127.0.0.1:${redis.port}` };
};

/** Starts a Redis sentinel that monitors one master under the name `moonlight`. */
export const startSentinel = (master: RunningRedis): Promise<RunningRedis> =>
  launch({
    config: [
      `sentinel monitor moonlight 127.0.0.1 ${master.port} 1`,
      'sentinel down-after-milliseconds moonlight 500',
      'sentinel failover-timeout moonlight 3000',
    ],
    mode: ['--sentinel'],
  });
