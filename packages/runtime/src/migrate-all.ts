import type { Config } from '@moonlight/config';
import { migrate } from '@moonlight/db';
import { migrateQueue } from '@moonlight/queue';

/** Brings the tables of the service and, when it lives in PostgreSQL, those of the queue up to date. Safe to run at once by many. */
export const migrateAll = async (databaseUrl: string, redisUrls: Config['redisUrls']): Promise<void> => {
  await migrate(databaseUrl);
  if (redisUrls === undefined) await migrateQueue(databaseUrl);
};
