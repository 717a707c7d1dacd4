import { setTimeout as pause } from 'node:timers/promises';
import { connectRedis } from '../connect-redis.ts';
import { freePort } from '@moonlight/test-servers';
import { launch, type RunningRedis } from './start-redis.ts';

/** Three masters, of which the first has a replica and owns the keys that were asked for. */
export interface RunningCluster {
  readonly urls: readonly string[];
  /** Kills the first master; its replica takes its place within about two seconds. */
  killMaster(): Promise<void>;
  stop(): Promise<void>;
}

interface Node extends RunningRedis {
  readonly busPort: number;
  readonly call: (...args: readonly string[]) => Promise<string>;
  readonly disconnect: () => void;
}

const SLOTS = 16_384;
const NODE_TIMEOUT_MS = 500;

const startNode = async (): Promise<Node> => {
  const busPort = await freePort();
  const redis = await launch({
    config: [
      'save ""',
      'cluster-enabled yes',
      'cluster-announce-ip 127.0.0.1',
      `cluster-port ${busPort}`,
      `cluster-node-timeout ${NODE_TIMEOUT_MS}`,
      'repl-diskless-sync-delay 0',
    ],
  });
  const client = connectRedis([redis.url]);
  client.on('error', () => undefined); // The tests kill it.
  const call = async (command = '', ...args: readonly string[]) => String(await client.call(command, ...args));
  return { ...redis, busPort, call, disconnect: () => client.disconnect() };
};

const until = async (condition: () => Promise<boolean>): Promise<void> => {
  while (!(await condition())) await pause(20);
};

/** Starts a cluster of four real processes. All slots of `keys` are on the first master. */
export const startCluster = async (...keys: readonly string[]): Promise<RunningCluster> => {
  const nodes = await Promise.all(Array.from({ length: 4 }, startNode));
  const [first, second, third, replica] = nodes;
  if (first === undefined || second === undefined || third === undefined || replica === undefined)
    throw new Error('a cluster needs four nodes');
  const slots = await Promise.all(keys.map(async (key) => Number(await first.call('CLUSTER', 'KEYSLOT', key))));
  const [lowest, highest] = [Math.min(...slots), Math.max(...slots)];
  const spans = [
    [lowest, highest],
    [0, lowest - 1],
    [highest + 1, SLOTS - 1],
  ].map((span) => span.map(String));
  for (const [index, node] of [first, second, third].entries())
    await node.call('CLUSTER', 'ADDSLOTSRANGE', ...(spans[index] ?? []));
  for (const { port, busPort } of [second, third, replica])
    await first.call('CLUSTER', 'MEET', '127.0.0.1', String(port), String(busPort));
  const isOk = async ({ call }: Node) => {
    const info = await call('CLUSTER', 'INFO');
    return info.includes('cluster_state:ok') && info.includes('cluster_known_nodes:4');
  };
  await Promise.all(nodes.map((node) => until(() => isOk(node))));
  await replica.call('CLUSTER', 'REPLICATE', await first.call('CLUSTER', 'MYID'));
  await until(async () => (await replica.call('INFO', 'replication')).includes('master_link_status:up'));
  await until(async () => (await third.call('CLUSTER', 'NODES')).includes('slave'));
  return {
    urls: nodes.map(({ url }) => url),
    killMaster: () => first.kill(),
    stop: async () => {
      for (const node of nodes) node.disconnect();
      await Promise.all(nodes.map((node) => node.kill()));
    },
  };
};
