import type { BackendFactory } from 'bullmq';

/**
 * A producer must fail while its caller still listens; a worker must wait out every outage.
 * The two therefore never share a connection.
 */
export type Role = 'producer' | 'worker';

/** One of the two stores BullMQ can stand on, with the connections it was given. */
export interface Backend {
  readonly factory: BackendFactory;
  /** Rejects within seconds when the store cannot be reached. */
  reach(): Promise<void>;
  /** Closes the connections, whatever their state. */
  close(): Promise<void>;
}

export const queueName = 'moonlight-mail';

/** A hash tag: a Redis cluster keeps all keys of the queue in one slot, as BullMQ's scripts need it. */
export const redisKeyPrefix = '{moonlight}';

/** The longest a store may take to accept a connection, and to answer a command, in milliseconds. */
export const connectTimeoutMs = 2_000;
export const commandTimeoutMs = 3_000;
