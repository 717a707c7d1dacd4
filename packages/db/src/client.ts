import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import pg from 'pg';
import * as schema from './schema.ts';

export type Database = NodePgDatabase<typeof schema> & { readonly $client: pg.Pool };
/** A database or a transaction on it: what a store's statement runs on. */
export type Executor = Pick<Database, 'select' | 'insert' | 'update' | 'delete' | 'execute' | '$with' | 'with'>;

/** A pool of connections with Drizzle on top. */
export interface DatabaseClient {
  readonly db: Database;
  /** Answers when PostgreSQL does, rejects otherwise. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  readonly url: string;
  /** Connections at most. */
  readonly poolSize: number;
  /** Told of connections that broke; the pool replaces them by itself. */
  readonly onError: (error: Error) => void;
  /** Told the text of every statement that is sent, without its values. */
  readonly onStatement?: (text: string) => void;
}

const watchStatements = (client: pg.PoolClient, onStatement: (text: string) => void): void => {
  const query = new Proxy(client.query.bind(client), {
    apply: (send, _client, args: [string | { text: string }]): unknown => {
      onStatement(typeof args[0] === 'string' ? args[0] : args[0].text);
      return Reflect.apply(send, client, args);
    },
  });
  Object.assign(client, { query });
};

/**
 * Opens a pool. A connection is given up after 5 s of trying and a statement after 15 s, so that a dead or stuck
 * database turns into an error instead of a queue without end. Nothing on it keeps session state, which lets it work
 * behind PgBouncer in transaction mode (1.21 or newer, for prepared statements).
 */
export const openDatabase = ({ url, poolSize, onError, onStatement }: DatabaseOptions): DatabaseClient => {
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSize,
    connectionTimeoutMillis: 5000,
    query_timeout: 15_000,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    application_name: 'moonlight',
  });
  pool.on('error', onError);
  // The pool listens to idle connections only; one that breaks while it is in use would end the process.
  pool.on('connect', (client) => client.on('error', onError));
  if (onStatement !== undefined) pool.on('connect', (client) => watchStatements(client, onStatement));
  return {
    db: drizzle(pool, { schema }),
    ping: async () => {
      await pool.query('select 1');
    },
    close: () => pool.end(),
  };
};
