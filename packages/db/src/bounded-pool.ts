import pg from 'pg';

/** Too many calls wait for a connection, or one waited too long. PostgreSQL itself may be well. */
class DatabaseBusyError extends Error {
  override readonly name = 'DatabaseBusyError';
}

/** Whether a call failed because it got no connection in time; Drizzle keeps the pool's error as the cause. */
export const isDatabaseBusy = (error: unknown): boolean => {
  for (let current = error, depth = 0; current instanceof Error && depth < 5; current = current.cause, depth += 1)
    if (current instanceof DatabaseBusyError) return true;
  return false;
};

type Checkout = Parameters<pg.Pool['connect']>[0];

// At a millisecond for each statement, the last one waits a tenth of a second.
const WAITING_PER_CONNECTION = 100;

// The message is all that distinguishes it: `pg` has no code or class for it.
const WAITED_TOO_LONG = 'timeout exceeded when trying to connect';

const asBusy = (error: Error | undefined): Error | undefined =>
  error?.message === WAITED_TOO_LONG ? new DatabaseBusyError(error.message, { cause: error }) : error;

/**
 * A pool in which a bounded number of calls waits for a connection, each for `connectionTimeoutMillis` at most. Further
 * ones fail at once, so that a burst costs neither unbounded memory nor long waits; see `isDatabaseBusy`.
 */
export class BoundedPool extends pg.Pool {
  readonly #mostWaiting: number;

  constructor(config: pg.PoolConfig & { max: number }) {
    super(config);
    this.#mostWaiting = config.max * WAITING_PER_CONNECTION;
  }

  override connect(): Promise<pg.PoolClient>;
  override connect(callback: Checkout): void;
  override connect(callback?: Checkout): Promise<pg.PoolClient> | undefined {
    if (callback === undefined)
      return new Promise((resolve, reject) => {
        this.connect((error, client) => (client === undefined ? reject(error) : resolve(client)));
      });
    if (this.waitingCount < this.#mostWaiting)
      super.connect((error, client, done) => callback(asBusy(error), client, done));
    else process.nextTick(callback, new DatabaseBusyError('too many calls wait for a connection'), undefined, () => {});
    return undefined;
  }
}
