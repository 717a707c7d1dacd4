import { Cluster, Redis, type RedisOptions } from 'ioredis';

export type RedisClient = Redis | Cluster;

export type RedisClientOptions = Pick<
  RedisOptions,
  | 'enableOfflineQueue'
  | 'maxRetriesPerRequest'
  | 'connectTimeout'
  | 'commandTimeout'
  | 'disconnectTimeout'
  | 'socketTimeout'
>;

interface Address {
  readonly host: string;
  readonly port: number;
}

const reconnectAfterMs = (times: number): number => Math.min(times * 100, 1_000);

const addressOf = (url: URL): Address => ({
  host: url.hostname.replaceAll(/[[\]]/g, ''),
  port: Number(url.port || 6379),
});

const credentialsOf = (url: URL): Pick<RedisOptions, 'username' | 'password' | 'tls'> => ({
  ...(url.username === '' ? {} : { username: decodeURIComponent(url.username) }),
  ...(url.password === '' ? {} : { password: decodeURIComponent(url.password) }),
  ...(url.protocol === 'rediss:' ? { tls: { servername: url.hostname } } : {}),
});

/**
 * A client for the addresses in `REDIS_URL`. One address is one server, several are the nodes of a cluster; with
 * `?sentinel=<master name>` on the first, they are sentinels, which know the master's address. User, password, TLS
 * (`rediss:`) and the database number (`/2`, not for a cluster) come from the first address. The client connects when it
 * is first used and reconnects automatically.
 */
export const connectRedis = (urls: readonly string[], options: RedisClientOptions = {}): RedisClient => {
  const parsed = urls.map((url) => new URL(url));
  const [first] = parsed;
  if (first === undefined) throw new TypeError('connectRedis needs at least one address');
  const shared = { keepAlive: 10_000, ...credentialsOf(first), ...options };
  const addresses = parsed.map(addressOf);
  const single = {
    lazyConnect: true,
    retryStrategy: reconnectAfterMs,
    db: Number(first.pathname.slice(1) || 0),
    ...shared,
  };
  const master = first.searchParams.get('sentinel');
  if (master !== null) return new Redis({ ...single, name: master, sentinels: addresses });
  if (addresses.length === 1) return new Redis({ ...single, ...addressOf(first) });
  const { enableOfflineQueue = true, ...redisOptions } = shared;
  return new Cluster(addresses, {
    lazyConnect: true,
    enableOfflineQueue,
    clusterRetryStrategy: reconnectAfterMs,
    redisOptions,
  });
};
