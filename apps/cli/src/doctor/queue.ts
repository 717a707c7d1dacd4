import type { Config } from '@moonlight/config';
import { type Finding, ok, wrong } from './finding.ts';

// Scripts of the limits store and of BullMQ need it.
const OLDEST = [6, 2] as const;

const isOlder = (version: string): boolean => {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]);
};

const toError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

/** `INFO` as a map of its lines. */
const parseInfo = (info: string): Map<string, string> =>
  new Map(
    info.split('\r\n').flatMap((line): [string, string][] => {
      const index = line.indexOf(':');
      return index < 0 ? [] : [[line.slice(0, index), line.slice(index + 1)]];
    }),
  );

const faultsOf = (info: Map<string, string>, addresses: number): (readonly [string, string])[] => {
  const version = info.get('redis_version') ?? '0';
  const policy = info.get('maxmemory_policy') ?? 'noeviction';
  const faults: (readonly [string, string])[] = [];
  if (isOlder(version))
    faults.push([`Redis ${version} is too old`, `Upgrade to ${OLDEST.join('.')} or newer, or to Valkey.`]);
  if (policy !== 'noeviction')
    faults.push([
      `Redis may remove jobs and limits when its memory is full (maxmemory-policy ${policy})`,
      'Set maxmemory-policy noeviction in its configuration, or use a Redis of its own for Moonlight.',
    ]);
  if (info.get('role') === 'slave')
    faults.push([
      'this Redis is a replica and accepts no writes',
      'Name the master, or use sentinels: ?sentinel=<master name>.',
    ]);
  if (info.get('cluster_enabled') === '1' && addresses === 1)
    faults.push(['this Redis is a node of a cluster', 'Name several of its nodes, separated by commas.']);
  return faults;
};

/** Whether Redis, if it is configured, can be used for queue and limits. */
export const checkQueue = async ({ redisUrls }: Config): Promise<Finding[]> => {
  if (redisUrls === undefined) return [ok('queue', 'queue and limits are in PostgreSQL (REDIS_URL is not set)')];
  const { askRedis } = await import('@moonlight/runtime');
  const info = await askRedis(redisUrls, async (client) => parseInfo(await client.info())).catch(toError);
  if (info instanceof Error) {
    const seen = info.message.replace(/^REDIS_URL: /, '');
    return [wrong('queue', 'REDIS_URL', [seen, 'Check address, user and password, and whether the server runs.'])];
  }
  const faults = faultsOf(info, redisUrls.length);
  if (faults.length > 0) return faults.map((fault) => wrong('queue', 'REDIS_URL', fault));
  return [ok('queue', `Redis ${info.get('redis_version')} answers and removes nothing by itself`)];
};
