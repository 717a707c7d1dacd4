import { runMigrations } from 'bullmq';
import { Client } from 'pg';
import { connectTimeoutMs } from './backend.ts';

/**
 * Brings the queue's own schema (`bullmq`) up to date: one transaction under an advisory lock, so any number of
 * processes may call it at once, and again. Not needed where the queue lives in Redis. Rejects with the driver's error.
 */
export const migrateQueue = async (databaseUrl: string): Promise<void> => {
  const client = new Client({ connectionString: databaseUrl, connectionTimeoutMillis: connectTimeoutMs });
  client.on('error', () => undefined); // A connection that breaks rejects the running query as well.
  await client.connect();
  try {
    await runMigrations(client);
  } finally {
    await client.end();
  }
};
