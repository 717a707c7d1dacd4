import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import type pg from 'pg';
import { BoundedPool } from './bounded-pool.ts';
import type { PreparedStatements } from './prepared-statements.ts';
import * as schema from './schema.ts';

export type Database = NodePgDatabase<typeof schema> & { readonly $client: BoundedPool };

/** What runs statements: the part that the pool, a pipeline and a transaction have in common. */
export type Statements = Pick<Database, 'select' | 'insert' | 'update' | 'delete' | 'execute' | '$with' | 'with'>;

/** A pool of connections with Drizzle on top. */
export interface DatabaseClient {
  readonly db: Database;
  /** Resolves when PostgreSQL answers, rejects otherwise, within a few seconds. Does not wait behind calls. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** In milliseconds. */
export interface Timeouts {
  /** How long a call waits for a connection, and a connection for PostgreSQL's first answer. */
  readonly connectMs: number;
  /**
   * After this time PostgreSQL cancels a statement; behind a pooler, only one of a transaction. A quarter more, and the driver
   * closes the connection.
   */
  readonly statementMs: number;
}

export interface DatabaseOptions {
  readonly url: string;
  /** The maximum number of connections. */
  readonly poolSize: number;
  /** Patient ones if omitted, for work that no user waits for. */
  readonly timeouts?: Timeouts | undefined;
  /** Called whenever PostgreSQL cannot be used (`isDatabaseUnavailable`); the pool recovers by itself. */
  readonly onError: (error: Error) => void;
  /** `on` if omitted. `auto` finds out with the first connection whether a pooler keeps prepared statements. */
  readonly preparedStatements?: PreparedStatements | undefined;
  /** Called once if `auto` finds that statements must be sent without names. */
  readonly onUnnamed?: () => void;
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

const PATIENT: Timeouts = { connectMs: 5000, statementMs: 15_000 };

/**
 * Opens a pool. Connecting and statements time out, so that an unreachable or stuck database
 * causes an error instead of an endless queue. Behind a pooler no session state is used but
 * prepared statements, so the pool works behind PgBouncer in transaction mode (decision 35).
 */
export const openDatabase = (options: DatabaseOptions): DatabaseClient => {
  const { url, poolSize, onError, timeouts = PATIENT } = options;
  const pool = new BoundedPool({
    connectionString: url,
    max: poolSize,
    connectionTimeoutMillis: timeouts.connectMs,
    statementTimeoutMs: timeouts.statementMs,
    preparedStatements: options.preparedStatements ?? 'on',
    onUnnamed: options.onUnnamed ?? (() => undefined),
    // A connection serves one call at a time, and the call may send several statements before the first answer.
    pipeline: true,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
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
    ping: () => pool.ping(),
    close: () => pool.end(),
  };
};

/** The name of the unique index that an insert or update violated; Drizzle keeps PostgreSQL's error as the cause. */
export const violatedUniqueIndex = (error: unknown): string | undefined => {
  for (let current = error, depth = 0; current instanceof Error && depth < 5; current = current.cause, depth += 1)
    if ('code' in current && current.code === '23505' && 'constraint' in current) return String(current.constraint);
  return undefined;
};
