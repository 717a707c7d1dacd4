import { EventEmitter } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import {
  assertSchemaCompatibility,
  createPostgresBackend,
  DEFAULT_SCHEMA,
  LATEST_SCHEMA_VERSION,
  type PgPool,
  type PgPoolClient,
  type PgQueryable,
  type PgQueryResult,
  runMigrations,
  SchemaMigrationRequiredError,
} from 'bullmq';
import { Pool, type PoolClient } from 'pg';
import type { Backend, QueueOptions, Role } from './backend.ts';
import { commandTimeoutMs, connectTimeoutMs } from './failures.ts';

// A producer sends one small statement at a time. A worker finishes several jobs at once and listens on one connection.
const poolSizes = { producer: 2, worker: 6 } satisfies Record<Role, number>;

/** A BullMQ worker repeats a failed query at once, unless the connection was refused. */
const pauseAfterFailureMs = 500;

/**
 * A pooled connection for BullMQ to listen on. BullMQ removes all listeners from a connection that it gives up; ours stay
 * on the real connection, because an `error` event without a listener would end the process. BullMQ does not get the
 * socket: with it, BullMQ expects to notice a dead connection and looks for jobs itself once an hour instead of every
 * ten seconds.
 */
const listeningClient = (client: PoolClient): PgPoolClient => {
  const events = new EventEmitter();
  client.on('notification', (message) => events.emit('notification', message));
  client.on('error', (error) => {
    if (events.listenerCount('error') > 0) events.emit('error', error);
  });
  return Object.assign(events, {
    query: (text: string, params: readonly unknown[] = []) => client.query(text, [...params]),
    release: (destroy?: boolean) => client.release(destroy),
  });
};

/**
 * Runs one of BullMQ's statements, which name no schema. A `search_path` set for the session is lost behind PgBouncer in
 * transaction mode, and refused there as a startup parameter. So each statement sets it in its own transaction; the
 * three parts travel together, since the pool's connections are pipelined.
 */
const queryInSchema = async (pool: Pool, text: string, params: readonly unknown[]): Promise<PgQueryResult> => {
  const client = await pool.connect();
  try {
    const [, result] = await Promise.all([
      client.query(`BEGIN; SET LOCAL search_path TO ${DEFAULT_SCHEMA}`),
      client.query(text, [...params]),
      client.query('COMMIT'),
    ]);
    client.release();
    return result;
  } catch (error) {
    client.release(true); // Ends the connection and with it the transaction, whatever their state.
    throw error;
  }
};

/**
 * The pool as BullMQ sees it. A worker's `LISTEN` needs a session: behind a transaction pooler no notification arrives,
 * and an idle worker finds a job when it looks for one itself, after ten seconds at most.
 */
const bullmqPool = (pool: Pool, role: Role): PgPool => {
  const slowDown = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      if (role === 'worker') await pause(pauseAfterFailureMs);
      throw error;
    }
  };
  const self: PgPool = {
    query: (text: string, params: readonly unknown[] = []) => slowDown(() => queryInSchema(pool, text, params)),
    connect: () => slowDown(async () => listeningClient(await pool.connect())),
    end: () => pool.end(),
    on: () => self, // We listen to the pool's events; BullMQ would add a listener each time it is set up again.
    removeAllListeners: () => self,
  };
  return self;
};

/** The queue in PostgreSQL, on its own pool: a long `LISTEN` must not take connections from the requests. */
export const openPostgres = (options: QueueOptions, role: Role): Backend => {
  const pool = new Pool({
    connectionString: options.databaseUrl,
    application_name: `moonlight-queue-${role}`,
    max: poolSizes[role],
    pipeline: true,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    connectionTimeoutMillis: connectTimeoutMs,
    query_timeout: commandTimeoutMs,
  });
  pool.on('error', (error) => options.onError(error));
  // A connection in use can break between two statements. Then the next statement fails; the process must not.
  pool.on('connect', (client) => client.on('error', () => undefined));
  const connection = bullmqPool(pool, role);
  return {
    factory: (name, opts, more) => createPostgresBackend(name, { ...opts, connection }, more),
    ping: async () => {
      await pool.query('SELECT 1');
    },
    close: () => pool.end(),
  };
};

/**
 * Updates the queue's own schema (`bullmq`) in one transaction under an advisory lock, so any number of processes may
 * call it at the same time and repeatedly. Not needed if the queue is in Redis. `client` is one connection, not a pool.
 * Returns the version of the schema; rejects with the driver's error.
 */
export const migrateQueue = (client: PgQueryable): Promise<number> => runMigrations(client);

/** Whether the queue's schema is as new as this version needs, or newer. Changes nothing. Rejects with the driver's error. */
export const isQueueMigrated = async (client: PgQueryable): Promise<boolean> => {
  try {
    return (await assertSchemaCompatibility(client)) >= LATEST_SCHEMA_VERSION;
  } catch (error) {
    if (error instanceof SchemaMigrationRequiredError) return false;
    throw error;
  }
};
