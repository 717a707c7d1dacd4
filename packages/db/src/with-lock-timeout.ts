import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { describeHolders, lockHolders } from './lock-holders.ts';

/** How long to wait for locks. */
export interface LockWait {
  /** How long to try in all, in milliseconds; with 0, once. Default: 60,000. */
  readonly waitMs?: number;
  /** Called after each attempt that waited in vain, with the sessions that held the lock in one line. */
  readonly onWait?: (heldBy: string) => void;
}

/** Other sessions held a lock during the whole wait. The message names them. */
export class DatabaseLockedError extends Error {
  override readonly name = 'DatabaseLockedError';

  constructor(waitMs: number, heldBy: string, cause: unknown) {
    super(
      `A lock on the tables was not free within ${Math.round(waitMs / 1000)} s. It is held by ${heldBy}. ` +
        'Wait until its transaction has ended, or end it with: select pg_terminate_backend(<pid>)',
      { cause },
    );
  }
}

// Statements of other sessions wait behind an attempt that waits. PostgreSQL looks for deadlocks when a session has waited for
// a second: an attempt that gives up well before that leaves no deadlock, of which a call of the service would be the victim.
const LOCK_TIMEOUT_MS = 300;
// PostgreSQL takes 0 for no limit.
const SHORTEST_LOCK_TIMEOUT_MS = 20;

interface Rows<Row> {
  readonly rows: Row[];
  readonly rowCount: number | null;
}

/** A connection whose `BEGIN` also limits how long the transaction waits for a lock. */
export interface LockingClient {
  query<Row>(text: string, values?: readonly unknown[]): Promise<Rows<Row>>;
}

const connect = async (url: string): Promise<pg.Client> => {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 5000,
    application_name: 'moonlight-migrate',
  });
  // A connection that breaks also rejects the running query.
  client.on('error', () => undefined);
  await client.connect();
  return client;
};

// lock_not_available, deadlock_detected.
const isLocked = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === '55P03' || error.code === '40P01');

/** Runs `work` once. If it waits for a quarter of the lock timeout, `onBlocked` gets the id of its session. */
const attempt = async <T>(
  client: pg.Client,
  lockTimeoutMs: number,
  { work, onBlocked }: { work: (client: LockingClient) => Promise<T>; onBlocked: (pid: number) => void },
): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const begin = async (): Promise<void> => {
    // A session setting would be lost, or kept by another client, behind PgBouncer in transaction mode.
    await client.query(`begin; set local lock_timeout = ${Math.round(lockTimeoutMs)}`);
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
    timer = setTimeout(() => onBlocked(rows[0]?.pid ?? 0), lockTimeoutMs / 4);
  };
  const query = async <Row>(text: string, values: readonly unknown[] = []) => {
    if (/^begin$/i.test(text)) await begin();
    return client.query<Row & pg.QueryResultRow>(/^begin$/i.test(text) ? 'select' : text, [...values]);
  };
  try {
    return await work({ query });
  } finally {
    clearTimeout(timer);
  }
};

/**
 * Runs `work`, which opens a transaction with `BEGIN`. If a statement in it waits for a lock longer than 0.3 s, it
 * fails and `work` is tried again: all later statements on that table wait behind one that waits. Throws
 * DatabaseLockedError after `waitMs`; other errors pass through.
 */
export const withLockTimeout = async <T>(
  url: string,
  { waitMs = 60_000, onWait }: LockWait,
  work: (client: LockingClient) => Promise<T>,
): Promise<T> => {
  await using closing = new AsyncDisposableStack();
  const client = await connect(url);
  closing.defer(() => client.end());
  // Sees who holds a lock while the first connection waits for it.
  const observer = await connect(url);
  closing.defer(() => observer.end());
  const lockTimeoutMs = Math.max(SHORTEST_LOCK_TIMEOUT_MS, Math.min(LOCK_TIMEOUT_MS, waitMs / 2));
  const deadline = performance.now() + waitMs;
  for (;;) {
    let heldBy = Promise.resolve(describeHolders([]));
    const onBlocked = (pid: number): void => {
      // A migration does not fail because the holder of a lock cannot be found.
      heldBy = lockHolders(observer, pid)
        .catch(() => [])
        .then(describeHolders);
    };
    try {
      return await attempt(client, lockTimeoutMs, { work, onBlocked });
    } catch (error) {
      if (!isLocked(error)) throw error;
      const found = await heldBy;
      if (performance.now() + lockTimeoutMs > deadline) throw new DatabaseLockedError(waitMs, found, error);
      onWait?.(found);
    }
    await pause(lockTimeoutMs);
  }
};
