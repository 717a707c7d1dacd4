import { setTimeout as pause } from 'node:timers/promises';
import { DEFAULT_SCHEMA, type PgPool, type PgQueryResult } from 'bullmq';
import type { Pool } from 'pg';
import type { Role } from './backend.ts';
import { listeningClient } from './listening-client.ts';

/** A worker of BullMQ asks again at once when a query fails for another reason than a refused connection. */
const restAfterFailureMs = 500;

/**
 * What BullMQ sees of the pool. Its statements name no schema, and a `search_path` for the session is lost behind
 * PgBouncer in transaction mode, or refused there as a startup parameter. So every statement brings it along, in a
 * transaction of its own; all three parts travel together, since the pool's connections are pipelined.
 *
 * A worker's `LISTEN` still wants a session. Behind a transaction pooler no notification arrives, and an idle worker
 * finds a job when it looks by itself, after ten seconds at most.
 */
export const queuePool = (pool: Pool, role: Role): PgPool => {
  const query = async (text: string, params: readonly unknown[]): Promise<PgQueryResult> => {
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
      client.release(true); // Ends the connection, and with it the transaction, in whatever state both are.
      throw error;
    }
  };
  const patiently = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      if (role === 'worker') await pause(restAfterFailureMs);
      throw error;
    }
  };
  const self: PgPool = {
    query: (text: string, params: readonly unknown[] = []) => patiently(() => query(text, params)),
    connect: () => patiently(async () => listeningClient(await pool.connect())),
    end: () => pool.end(),
    on: () => self, // The pool's events are ours to hear: BullMQ would add a listener each time it is set up anew.
    removeAllListeners: () => self,
  };
  return self;
};
