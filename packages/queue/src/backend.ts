import type { BackendFactory } from 'bullmq';
import { openPostgres } from './postgres-backend.ts';
import { openRedis } from './redis-backend.ts';

/** Where the queue is. Without `redisUrls` it is in PostgreSQL, in a schema of its own. */
export interface QueueOptions {
  readonly databaseUrl: string;
  /** One address is one server, several are a cluster; `?sentinel=<master name>` makes them sentinels. */
  readonly redisUrls?: readonly string[] | undefined;
  /** Receives lost connections and every other error that no caller awaits. Must not throw. */
  onError(error: Error): void;
}

/** A running part of the queue. */
export interface Connected {
  /** Resolves when the backend answers; rejects within seconds when it does not. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/**
 * A producer must fail while its caller still waits; a worker must survive every outage. They never share a connection.
 */
export type Role = 'producer' | 'worker';

/** The PostgreSQL or the Redis behind BullMQ, with the connections to it. */
export interface Backend extends Connected {
  readonly factory: BackendFactory;
}

export const queueName = 'moonlight-mail';

/** A hash tag: a Redis cluster then keeps all keys of the queue in one slot, which BullMQ's scripts need. */
export const redisKeyPrefix = '{moonlight}';

/** Redis if it is configured, PostgreSQL otherwise. Connects when it is first used. */
export const openBackend = (options: QueueOptions, role: Role): Backend =>
  options.redisUrls === undefined || options.redisUrls.length === 0
    ? openPostgres(options, role)
    : openRedis(options.redisUrls, role, options);
