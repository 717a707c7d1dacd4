import { drizzle } from 'drizzle-orm/node-postgres';
import type pg from 'pg';
import type { BoundedPool } from './bounded-pool.ts';
import type { Database } from './client.ts';
import { type Connection, type Sender, sender, type Statement, toStatement } from './statements.ts';
import { hasFailedBefore, unavailability } from './unavailable.ts';

// Not exported, so that `transaction` is the only source of a `Tx`.
const brand: unique symbol = Symbol('transaction');

/** An open transaction. The pool is no `Tx`: what takes a lock or must be undone together asks for a `Tx`. */
export type Tx = Connection & { readonly [brand]: true };

/** The pool, a pipeline or an open transaction: what runs a single statement that needs no lock. */
export type Executor = Database | Connection;

/** The result of a statement that was not sent yet. Reading it is a mistake that must not pass unnoticed. */
const unread: pg.QueryResult = new Proxy<pg.QueryResult>(
  { command: '', rowCount: null, oid: 0, fields: [], rows: [] },
  {
    get: (_target, key) => {
      // Read by `await`, which asks every value whether it is a promise.
      if (key === 'then') return undefined;
      throw new Error(`"${String(key)}" of a statement without RETURNING is not known inside its transaction`);
    },
  },
);

/** Drizzle that sends every statement through `send` instead of the pool. */
const connectionOver = (pool: BoundedPool, send: Sender): Connection => {
  const query = (config: Statement, values?: unknown[]) => send(toStatement(config, values));
  const client = new Proxy(pool, { get: (of, key): unknown => (key === 'query' ? query : Reflect.get(of, key)) });
  return Object.assign(drizzle(client), { [sender]: send });
};

/** Sends the statements in one write and waits for all answers. Returns the last one, or rejects with the first error. */
const sendTogether = async (client: pg.PoolClient, statements: readonly Statement[]): Promise<pg.QueryResult> => {
  const { stream } = client.connection;
  stream.cork();
  const answers = statements.map((statement) => client.query(statement));
  stream.uncork();
  const settled = await Promise.allSettled(answers);
  const failed = settled.find((answer) => answer.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  const last = settled.at(-1);
  if (last?.status !== 'fulfilled') throw new Error('nothing was sent');
  return last.value;
};

/** A transaction that takes its connection from the pool, and begins, when its first statements are sent. */
const openTransaction = (pool: BoundedPool) => {
  const waiting: Statement[] = [];
  let connecting: Promise<pg.PoolClient> | undefined;
  let client: pg.PoolClient | undefined;
  let sending: Promise<pg.QueryResult> | undefined;
  let outage: Error | undefined;
  let state: 'open' | 'committing' | 'aborted' = 'open';
  const flush = async (last: Statement): Promise<pg.QueryResult> => {
    const batch = [...waiting.splice(0), last];
    connecting ??= pool.connect();
    const connected = await connecting;
    if (state === 'aborted') throw new Error('the transaction has ended');
    if (client === undefined) batch.unshift({ text: pool.begin });
    client = connected;
    sending = sendTogether(client, batch);
    sending.catch((error: unknown) => {
      outage ??= unavailability(error);
    });
    return sending;
  };
  const send: Sender = async (statement) => {
    if (state !== 'open') throw new Error('the transaction has ended');
    if (!statement.isWriteOnly) return flush(statement);
    waiting.push(statement);
    return unread;
  };
  return {
    tx: Object.assign(connectionOver(pool, send), { [brand]: true } as const),
    commit: async (): Promise<void> => {
      state = 'committing';
      if (client === undefined && waiting.length === 0) return;
      const { command } = await flush({ text: 'commit' });
      // PostgreSQL answers a commit of a failed transaction by rolling back, without an error.
      if (command !== 'COMMIT') throw new Error('a statement of the transaction failed');
    },
    rollback: async (): Promise<void> => {
      state = 'aborted';
      client = await connecting?.catch(() => undefined);
      // Until its answer arrives, the connection does not know that a transaction has begun.
      await sending?.catch(() => undefined);
      // The connection is closed, which ends the transaction too. A silent server would not answer a rollback in time either.
      if (outage !== undefined) return;
      if (client?.getTransactionStatus() !== 'I' || !client.connection.stream.writable) await client?.query('rollback');
    },
    /** The error that an outage caused first. Statements sent after it fail because the transaction has failed. */
    outage: (): Error | undefined => outage,
    /** Gives the connection back to the pool, which closes a broken one. */
    release: (broken?: Error): void => client?.release(broken),
  };
};

/**
 * Runs `work` in one transaction: commits when it resolves, rolls back and rejects when it rejects. Statements that return
 * nothing are sent with the next one that returns rows, or with the commit, so a transaction takes one round trip, and one
 * more for each answer that `work` waits for. Their errors are reported then.
 */
export const transaction = async <T>(db: Database, work: (tx: Tx) => Promise<T>): Promise<T> => {
  const open = openTransaction(db.$client);
  let broken: Error | undefined;
  try {
    const result = await work(open.tx);
    await open.commit();
    return result;
  } catch (error) {
    await open.rollback().catch((failure: unknown) => {
      broken = failure instanceof Error ? failure : new Error('the rollback failed');
    });
    broken = open.outage() ?? unavailability(error) ?? broken;
    throw hasFailedBefore(error) ? (open.outage() ?? error) : error;
  } finally {
    open.release(broken);
  }
};

/**
 * Runs `work` on one connection without a transaction. Statements that it starts together, such as those of a `Promise.all`,
 * take one round trip and run in the order in which they were started; each commits on its own.
 * `work` uses no other connection meanwhile: calls that hold one and wait for another could wait foreach other.
 */
export const pipelined = async <T>(db: Database, work: (connection: Connection) => Promise<T>): Promise<T> => {
  const client = await db.$client.connect();
  const sent: Promise<unknown>[] = [];
  const { stream } = client.connection;
  stream.cork();
  setImmediate(() => stream.uncork());
  const connection = connectionOver(db.$client, (statement) => {
    const answer = client.query(statement);
    sent.push(answer);
    return answer;
  });
  try {
    return await work(connection);
  } finally {
    // The connection must not serve another call while an answer is outstanding.
    const settled = await Promise.allSettled(sent);
    const reasons = settled.map((answer) => (answer.status === 'rejected' ? unavailability(answer.reason) : undefined));
    client.release(reasons.find((reason) => reason !== undefined));
  }
};
