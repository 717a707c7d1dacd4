import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import pg from 'pg';
import * as schema from './schema.ts';

export type Database = NodePgDatabase<typeof schema> & { readonly $client: pg.Pool };

type Statements = Pick<Database, 'select' | 'insert' | 'update' | 'delete' | 'execute' | '$with' | 'with'>;

// Not exported, so that `transaction` is the only source of a `Tx`.
const brand: unique symbol = Symbol('transaction');

/** An open transaction. The pool is no `Tx`: what takes a lock or must be undone together asks for a `Tx`. */
export type Tx = Statements & { readonly [brand]: true };

/** The pool or an open transaction: what runs a single statement that needs no lock. */
export type Executor = Database | Tx;

/** Runs `work` in one transaction: commits when it resolves, rolls back and rejects when it rejects. */
export const transaction = <T>(db: Database, work: (tx: Tx) => Promise<T>): Promise<T> =>
  db.transaction((tx) => work(Object.assign(tx, { [brand]: true } as const)));

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
 * Opens a pool. Connecting times out after 5 s and a statement after 15 s, so that an unreachable or stuck database
 * causes an error instead of an endless queue. No session state is used, so the pool works behind PgBouncer in
 * transaction mode (1.21 or newer, for prepared statements).
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
  // The pool handles errors of idle connections only. Without this listener an error on a connection in use would end
  // the process.
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

/** The name of the unique index that an insert or update violated; Drizzle keeps PostgreSQL's error as the cause. */
export const violatedUniqueIndex = (error: unknown): string | undefined => {
  for (let current = error, depth = 0; current instanceof Error && depth < 5; current = current.cause, depth += 1)
    if ('code' in current && current.code === '23505' && 'constraint' in current) return String(current.constraint);
  return undefined;
};
