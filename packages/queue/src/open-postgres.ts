import { createPostgresBackend } from 'bullmq';
import { Pool } from 'pg';
import { type Backend, commandTimeoutMs, connectTimeoutMs, type Role } from './backend.ts';
import type { QueueOptions } from './queue-options.ts';
import { queuePool } from './queue-pool.ts';

// A producer sends one small statement at a time. A worker finishes several jobs at once, and listens on one connection.
const poolSizes = { producer: 2, worker: 6 } satisfies Record<Role, number>;

/** The queue in PostgreSQL, on a pool of its own: a long `LISTEN` must not take the requests' connections. */
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
  // A connection may break while it is lent, between two statements. The next statement fails; the process must not.
  pool.on('connect', (client) => client.on('error', () => undefined));
  const connection = queuePool(pool, role);
  return {
    factory: (name, opts, more) => createPostgresBackend(name, { ...opts, connection }, more),
    reach: async () => {
      await pool.query('SELECT 1');
    },
    close: () => pool.end(),
  };
};
