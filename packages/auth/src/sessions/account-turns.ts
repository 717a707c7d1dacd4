import type { Database } from '@moonlight/db';

const turns = new WeakMap<Database, Map<string, Promise<unknown>>>();

/**
 * Runs `work` after every earlier work of the same account in this process. A login locks its account: without turns,
 * parallel logins of one account would wait for the lock on all connections, and every other call for a connection.
 */
export const inTurn = <T>(db: Database, userId: string, work: () => Promise<T>): Promise<T> => {
  const last = turns.get(db) ?? new Map<string, Promise<unknown>>();
  turns.set(db, last);
  const run = () => work();
  const turn = (last.get(userId) ?? Promise.resolve()).then(run, run);
  last.set(userId, turn);
  return turn.finally(() => {
    if (last.get(userId) === turn) last.delete(userId);
  });
};
