import pg from 'pg';
import { keepsPreparedStatements, type PreparedStatements, sendUnnamed } from './prepared-statements.ts';
import { limitStatements } from './statement-timeout.ts';
import { DatabaseUnavailableError, isStaleServer, markLost, unavailability } from './unavailable.ts';

type Checkout = Parameters<pg.Pool['connect']>[0];

export interface BoundedPoolConfig extends pg.PoolConfig {
  readonly max: number;
  readonly connectionTimeoutMillis: number;
  /** After this time PostgreSQL cancels a statement; behind a pooler, only one of a transaction. */
  readonly statementTimeoutMs: number;
  readonly preparedStatements: PreparedStatements;
  /** Called once if `auto` finds that statements must be sent without names. */
  readonly onUnnamed: () => void;
}

// At a millisecond for each statement, the last one waits a tenth of a second.
const WAITING_PER_CONNECTION = 100;

// How often a connection is tried while PostgreSQL is away. Calls fail at once meanwhile.
const PROBE_EVERY_MS = 500;

// An answer that is this young proves that PostgreSQL answers.
const FRESH_MS = 1000;

// The message is all that distinguishes it: `pg` has no code or class for it.
const WAITED_TOO_LONG = 'timeout exceeded when trying to connect';

/**
 * A pool in which a bounded number of calls waits for a connection, each for `connectionTimeoutMillis` at most. Further
 * ones fail at once, so that a burst costs neither unbounded memory nor long waits. While PostgreSQL cannot be reached, all calls
 * fail at once. After one connection stayed silent, or led to a server that is read-only, no connection opened before is used
 * again. Such errors, and those of statements (`isDatabaseUnavailable`), are also emitted as `error`.
 */
export class BoundedPool extends pg.Pool {
  /** The first statement of a transaction. */
  readonly begin: string;
  readonly #config: BoundedPoolConfig;
  /** The connections that may be used again. */
  readonly #trusted = new Set<pg.PoolClient>();
  #keepsNames: Promise<boolean> | undefined;
  #answeredAt = -Infinity;
  #outage: DatabaseUnavailableError | undefined;

  constructor(given: BoundedPoolConfig) {
    // PostgreSQL cancels a slow statement before the driver abandons it. Several that are sent together and wait one after
    // another can still take longer than the driver waits.
    const config = { ...given, query_timeout: given.statementTimeoutMs * 1.25 };
    // The pool waits for the promise, which its types do not say.
    const hooks: object = { onConnect: (client: pg.ClientBase) => this.#prepare(client) };
    super({ ...config, ...hooks });
    this.#config = config;
    this.begin = `begin; set local statement_timeout = ${given.statementTimeoutMs}`;
    this.on('connect', (client) => {
      this.#trusted.add(client);
      client.on('error', markLost);
    });
    this.on('remove', (client) => this.#trusted.delete(client));
    this.on('release', (error, client) => this.#onRelease(error, client));
  }

  override connect(): Promise<pg.PoolClient>;
  override connect(callback: Checkout): void;
  override connect(callback?: Checkout): Promise<pg.PoolClient> | undefined {
    if (callback === undefined)
      return new Promise((resolve, reject) => {
        this.connect((error, client) => (client === undefined ? reject(error) : resolve(client)));
      });
    if (this.#outage !== undefined) process.nextTick(callback, this.#outage, undefined, () => {});
    else if (this.waitingCount >= this.#config.max * WAITING_PER_CONNECTION)
      process.nextTick(callback, this.#report('too many calls wait for a connection'), undefined, () => {});
    else this.#checkOut(callback);
    return undefined;
  }

  /**
   * Resolves when PostgreSQL answers, rejects otherwise, within a few seconds. Does not wait behind calls: if all connections are
   * in use and none was given back for a second, it opens one of its own.
   */
  async ping(): Promise<void> {
    if (performance.now() - this.#answeredAt < FRESH_MS) return;
    if (this.idleCount > 0 || this.totalCount < this.#config.max) await this.query('select 1');
    else await this.#connectOnce();
  }

  /** Runs before a new connection is used. */
  async #prepare(client: pg.ClientBase): Promise<void> {
    const { preparedStatements, onUnnamed, statementTimeoutMs } = this.#config;
    await limitStatements(client, statementTimeoutMs);
    if (preparedStatements === 'auto') this.#keepsNames ??= this.#findOut(client, onUnnamed);
    if (preparedStatements === 'off' || (await this.#keepsNames) === false) sendUnnamed(client);
  }

  async #findOut(client: pg.ClientBase, onUnnamed: () => void): Promise<boolean> {
    try {
      const keepsNames = await keepsPreparedStatements(client, this.#config);
      if (!keepsNames) onUnnamed();
      return keepsNames;
    } catch (error) {
      this.#keepsNames = undefined;
      throw error;
    }
  }

  #checkOut(callback: Checkout): void {
    super.connect((error, client, done) => {
      if (client !== undefined && !this.#trusted.has(client)) {
        done(new Error('a connection to a server that is gone'));
        this.connect(callback);
      } else callback(error === undefined ? undefined : this.#onNoConnection(error), client, done);
    });
  }

  #report(message: string, cause?: Error): DatabaseUnavailableError {
    const error = new DatabaseUnavailableError(message, cause);
    this.emit('error', error);
    return error;
  }

  #onNoConnection(cause: Error): DatabaseUnavailableError {
    const error = this.#report(cause.message, cause);
    // As long as connections work, the calls share them.
    if (cause.message !== WAITED_TOO_LONG && this.#trusted.size === 0 && !this.ending) this.#beginOutage(error);
    return error;
  }

  #onRelease(error: unknown, client: pg.PoolClient): void {
    if (!(error instanceof Error)) {
      this.#answeredAt = performance.now();
      return;
    }
    this.#trusted.delete(client);
    const reason = unavailability(error);
    if (reason === undefined) return;
    this.#answeredAt = -Infinity;
    if (isStaleServer(reason)) this.#trusted.clear();
    this.emit('error', reason);
  }

  #beginOutage(error: DatabaseUnavailableError): void {
    if (this.#outage !== undefined) return;
    this.#outage = error;
    const timer = setInterval(() => {
      if (this.#outage === undefined || this.ending) clearInterval(timer);
      else void this.#probe();
    }, PROBE_EVERY_MS).unref();
  }

  async #probe(): Promise<void> {
    try {
      await this.#connectOnce();
      this.#outage = undefined;
    } catch {
      // It has been reported.
    }
  }

  /** Resolves if PostgreSQL accepts a connection, which is closed again. */
  async #connectOnce(): Promise<void> {
    const client = new pg.Client(this.#config);
    client.on('error', () => undefined);
    try {
      await client.connect();
    } catch (error) {
      throw error instanceof Error ? this.#report(error.message, error) : error;
    } finally {
      client.end(() => undefined);
    }
  }
}
