import { setTimeout as pause } from 'node:timers/promises';
import { DEFAULT_SCHEMA, type PgPool, type PgQueryResult } from 'bullmq';
import type { Pool } from 'pg';
import type { Role } from '../backend.ts';
import { listeningClient } from './listening-client.ts';

/** BullMQ asks again at once when a query fails for another reason than a refused connection. */
const restAfterFailureMs = 500;

/**
 * What BullMQ sees of the pool. Its statements name tables without their schema. The usual cure, a `search_path` for
 * the session, is lost behind PgBouncer in transaction mode (and PgBouncer may refuse it as a startup parameter), so
 * every statement brings it along in a transaction of its own. A worker's `LISTEN` still needs a real session:
 * behind a transaction pooler it would only find jobs by polling, every five seconds at best.
 */
export const queuePool = (pool: Pool, role: Role): PgPool => {
  const query = async (text: string, params: readonly unknown[] = []): Promise<PgQueryResult> => {
    const client = await pool.connect();
    try {
      await client.query(`BEGIN; SET LOCAL search_path TO ${DEFAULT_SCHEMA}`);
      const result = await client.query(text, [...params]);
      await client.query('COMMIT');
      client.release();
      return result;
    } catch (error) {
      client.release(true); // Ends the connection, and with it the transaction, in whatever state both are.
      throw error;
    }
  };
  const unhurried = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      if (role === 'worker') await pause(restAfterFailureMs);
      throw error;
    }
  };
  const self: PgPool = {
    query: (text: string, params?: readonly unknown[]) => unhurried(() => query(text, params)),
    connect: () => unhurried(async () => listeningClient(await pool.connect())),
    end: () => pool.end(),
    on: () => self, // The pool's events are ours to hear: BullMQ would add a listener each time it is set up anew.
    removeAllListeners: () => self,
  };
  return self;
};
