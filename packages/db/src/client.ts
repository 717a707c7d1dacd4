import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import type pg from 'pg';
import { BoundedPool } from './bounded-pool.ts';
import * as schema from './schema.ts';

export type Database = NodePgDatabase<typeof schema> & { readonly $client: pg.Pool };

/** What runs statements: the part that the pool, a pipeline and a transaction have in common. */
export type Statements = Pick<Database, 'select' | 'insert' | 'update' | 'delete' | 'execute' | '$with' | 'with'>;

/** A pool of connections with Drizzle on top. */
export interface DatabaseClient {
  readonly db: Database;
  /** Resolves when PostgreSQL answers, rejects otherwise. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  readonly url: string;
  /** The maximum number of connections. */
  readonly poolSize: number;
  /** Called for each broken connection; the pool replaces it by itself. */
  readonly onError: (error: Error) => void;
  /** Called with the text of every statement that is sent, without its values. */
  readonly onStatement?: (text: string) => void;
  /** Called whenever statements are sent on a connection that waits for no answer. */
  readonly onRoundTrip?: () => void;
}

const watchConnection = (client: pg.PoolClient, { onStatement, onRoundTrip }: DatabaseOptions): void => {
  let isIdle = true;
  client.on('drain', () => {
    isIdle = true;
  });
  const query = new Proxy(client.query.bind(client), {
    apply: (send, _client, args: [string | { text: string }]): unknown => {
      onStatement?.(typeof args[0] === 'string' ? args[0] : args[0].text);
      if (isIdle) onRoundTrip?.();
      isIdle = false;
      return Reflect.apply(send, client, args);
    },
  });
  Object.assign(client, { query });
};

/**
 * Opens a pool. Connecting times out after 5 s and a statement after 15 s, so that an unreachable or stuck database
 * causes an error instead of an endless queue. No session state is used, so the pool works behind PgBouncer in
 * transaction mode (1.21 or newer, for prepared statements).
 */
export const openDatabase = (options: DatabaseOptions): DatabaseClient => {
  const { url, poolSize, onError } = options;
  const pool = new BoundedPool({
    connectionString: url,
    max: poolSize,
    connectionTimeoutMillis: 5000,
    query_timeout: 15_000,
    // A connection serves one call at a time, and the call may send several statements before the first answer.
    pipeline: true,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    application_name: 'moonlight',
  });
  pool.on('error', onError);
  // The pool handles errors of idle connections only. Without this listener an error on a connection in use would end
  // the process.
  pool.on('connect', (client) => client.on('error', onError));
  if (options.onStatement !== undefined || options.onRoundTrip !== undefined)
    pool.on('connect', (client) => watchConnection(client, options));
  return {
    db: drizzle(pool, { schema }),
    ping: async () => {
      await pool.query('select 1');
    },
    close: () => pool.end(),
  };
};

/** The name of the unique index that an insert or update violated; Drizzle keeps PostgreSQL's error as the cause. */
export const violatedUniqueIndex = (error: unknown): string | undefined => {
  for (let current = error, depth = 0; current instanceof Error && depth < 5; current = current.cause, depth += 1)
    if ('code' in current && current.code === '23505' && 'constraint' in current) return String(current.constraint);
  return undefined;
};
