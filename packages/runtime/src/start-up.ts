import { setTimeout as pause } from 'node:timers/promises';
import { type Config, ConfigError } from '@moonlight/config';
import { DatabaseLockedError, type LockWait, migrate, missingMigrations, withLockTimeout } from '@moonlight/db';
import { isQueueMigrated, migrateQueue } from '@moonlight/queue';
import { connectRedis, type RedisClient } from '@moonlight/redis';

/** DATABASE_URL, or an Error that names it: only `npm start` can start a PostgreSQL. */
export const requireDatabaseUrl = ({ database }: Config): string => {
  if (database.url === undefined)
    throw new Error('DATABASE_URL is not set. Only `npm start` starts a PostgreSQL by itself.');
  return database.url;
};

const NO_CONNECTION: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refuses connections',
  ECONNRESET: 'closed the connection',
  ENOTFOUND: 'has an unknown host name',
  EAI_AGAIN: 'has a host name that cannot be resolved now',
  ETIMEDOUT: 'does not answer',
  EHOSTUNREACH: 'cannot be reached',
  ENETUNREACH: 'cannot be reached',
  '28P01': 'refuses the user or the password',
  '28000': 'refuses the user',
  '3D000': 'has no database of that name',
  '53300': 'has no free connection',
  '53100': 'has a full disk',
  '57P03': 'is starting or stopping',
};

/**
 * The code of an error of a driver, such as ECONNREFUSED or an SQLSTATE; empty if it has none. The pool and Drizzle keep the
 * driver's error as the cause.
 */
export const codeOf = (error: unknown): string => {
  for (let current = error, depth = 0; current instanceof Error && depth < 5; current = current.cause, depth += 1)
    if ('code' in current && typeof current.code === 'string') return current.code;
  return '';
};

const addressOf = (url: string, defaultPort: number): string => {
  const { hostname, port, searchParams } = new URL(url);
  return `${hostname || searchParams.get('host') || 'localhost'}:${port || defaultPort}`;
};

/** A failed connection to PostgreSQL in one sentence without the password; other errors unchanged. */
export const toDatabaseFailure = (error: unknown, databaseUrl: string): unknown => {
  const code = codeOf(error);
  const isTimeout = error instanceof Error && /timeout expired|connection timeout/.test(error.message);
  const what = isTimeout ? NO_CONNECTION['ETIMEDOUT'] : NO_CONNECTION[code];
  if (what === undefined) return error;
  const reason = code === '' ? '' : ` (${code})`;
  return new Error(`DATABASE_URL: PostgreSQL at ${addressOf(databaseUrl, 5432)} ${what}${reason}.`);
};

const REDIS_TIMEOUT_MS = 5000;

/** A failed connection to Redis in one sentence without the password. */
const toRedisFailure = (error: unknown, urls: readonly string[]): Error => {
  const code = codeOf(error);
  // The answers to a wrong password begin with one of these words; a whole message may contain the command.
  const refusal = /^(?:WRONGPASS|NOAUTH|NOPERM)\b/.exec(error instanceof Error ? error.message : '')?.[0];
  const what = refusal === undefined ? (NO_CONNECTION[code] ?? 'does not answer') : 'refuses the user or the password';
  const reason = refusal ?? code;
  const addresses = urls.map((url) => addressOf(url, 6379)).join(', ');
  return new Error(`REDIS_URL: Redis at ${addresses} ${what}${reason === '' ? '' : ` (${reason})`}.`);
};

/**
 * Asks Redis on a connection of its own. Throws an Error that names REDIS_URL and the addresses, without the password, if
 * there is no answer within 5 s.
 */
export const askRedis = async <T>(urls: readonly string[], ask: (client: RedisClient) => Promise<T>): Promise<T> => {
  const client = connectRedis(urls, { maxRetriesPerRequest: 0, connectTimeout: REDIS_TIMEOUT_MS });
  const failed = Promise.withResolvers<never>();
  client.on('error', failed.reject);
  const settled = new AbortController();
  const timeout = pause(REDIS_TIMEOUT_MS, undefined, { signal: settled.signal }).then(() => {
    throw Object.assign(new Error('timeout'), { code: 'ETIMEDOUT' });
  });
  try {
    return await Promise.race([ask(client), failed.promise, timeout]);
  } catch (error) {
    throw toRedisFailure(error, urls);
  } finally {
    settled.abort();
    client.disconnect();
  }
};

/** What `migrateAll` did. */
export interface Migrated {
  /** The names of the migrations that it ran, such as `0009_audit_log_by_month`. */
  readonly applied: readonly string[];
  /** The version of the queue's schema in PostgreSQL; null if the queue is in Redis. */
  readonly queueVersion: number | null;
}

/**
 * Updates the service's tables and, if the queue is in PostgreSQL, the queue's; otherwise checks that Redis answers.
 * Several processes may call it at the same time. It never waits long for a lock, since other sessions would wait behind
 * it, but tries again for a minute (`wait`); then it throws DatabaseLockedError, which names the holder. Throws an Error
 * that names the variable, the host and the port if PostgreSQL or Redis cannot be reached or refuses the password.
 */
export const migrateAll = async (
  databaseUrl: string,
  redisUrls: Config['redisUrls'],
  wait: LockWait = {},
): Promise<Migrated> => {
  try {
    const applied = await migrate(databaseUrl, wait);
    const isQueueHere = redisUrls === undefined;
    const queueVersion = isQueueHere ? await withLockTimeout(databaseUrl, wait, migrateQueue) : null;
    if (!isQueueHere) await askRedis(redisUrls, (client) => client.ping());
    return { applied, queueVersion };
  } catch (error) {
    throw toDatabaseFailure(error, databaseUrl);
  }
};

/** The error that stopped a process in a sentence or, for the configuration, in one line for each error. */
export const explainFailure = (error: unknown): string => {
  if (!(error instanceof Error)) return `The reason is unknown (${typeof error}).`;
  if (error instanceof ConfigError || error instanceof DatabaseLockedError) return error.message;
  const root = error.cause instanceof Error ? error.cause : error;
  return [codeOf(root), root.message].filter((part) => part !== '').join(': ');
};

/** The names of the migrations that are missing; `queue` stands for those of the queue's own schema. */
export const findMissing = (databaseUrl: string, redisUrls: Config['redisUrls']): Promise<string[]> =>
  withLockTimeout(databaseUrl, {}, async (client) => {
    const missing = await missingMigrations(client);
    const isQueueReady = redisUrls !== undefined || (await isQueueMigrated(client));
    return isQueueReady ? missing : [...missing, 'queue'];
  });

/** Rejects with an Error that names the migrations that are missing and the command that runs them. */
const requireMigrations = async (databaseUrl: string, redisUrls: Config['redisUrls']): Promise<void> => {
  const missing = await findMissing(databaseUrl, redisUrls);
  if (missing.length === 0) return;
  throw new Error(
    `The database lacks migrations (${missing.join(', ')}). ` +
      'Run `moonlight migrate` before this version starts, or set MIGRATE_ON_START=true.',
  );
};

/**
 * Makes sure that the tables are as this version needs them: runs the migrations with MIGRATE_ON_START, otherwise throws
 * an Error that names `moonlight migrate` while some are missing. A database of a later version is accepted, because
 * migrations are safe for the version before. Throws as `migrateAll` does if PostgreSQL or Redis cannot be reached.
 */
export const prepareStores = async ({ database, redisUrls }: Config, databaseUrl: string): Promise<void> => {
  if (database.migrateOnStart) {
    await migrateAll(databaseUrl, redisUrls);
    return;
  }
  try {
    await requireMigrations(databaseUrl, redisUrls);
  } catch (error) {
    throw toDatabaseFailure(error, databaseUrl);
  }
  if (redisUrls !== undefined) await askRedis(redisUrls, (client) => client.ping());
};

/** Why a process did not start, for the terminal: all configuration errors, or the error that stopped the start. */
export const startFailure = (error: unknown): string =>
  error instanceof ConfigError ? error.message : `The start failed: ${explainFailure(error)}`;
