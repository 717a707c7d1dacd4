import { type Config, ConfigError } from '@moonlight/config';
import { migrate } from '@moonlight/db';
import { migrateQueue } from '@moonlight/queue';

/** DATABASE_URL, or an Error that names it: only `npm start` can start a PostgreSQL. */
export const requireDatabaseUrl = ({ database }: Config): string => {
  if (database.url === undefined)
    throw new Error('DATABASE_URL is not set. Only `npm start` starts a PostgreSQL by itself.');
  return database.url;
};

/** Updates the service's tables and, if the queue is in PostgreSQL, the queue's. Several processes may call it at the same time. */
export const migrateAll = async (databaseUrl: string, redisUrls: Config['redisUrls']): Promise<void> => {
  await migrate(databaseUrl);
  if (redisUrls === undefined) await migrateQueue(databaseUrl);
};

const UNREACHABLE = ['ECONNREFUSED', 'ENOTFOUND', 'ETIMEDOUT', 'EAI_AGAIN'];

/** Why a process did not start, for the terminal: all configuration errors, or the error that stopped the start. */
export const startFailure = (error: unknown): string => {
  if (error instanceof ConfigError) return error.message;
  if (!(error instanceof Error)) return `The start failed: ${typeof error}`;
  const root = error.cause instanceof Error ? error.cause : error;
  const code = 'code' in root && typeof root.code === 'string' ? root.code : '';
  const reason = [code, root.message].filter((part) => part !== '').join(': ');
  return `The start failed: ${reason}${UNREACHABLE.includes(code) ? '. Does PostgreSQL answer at DATABASE_URL?' : ''}`;
};
