import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '@moonlight/embedded-postgres';
import { migrateAll } from '@moonlight/runtime';

/** Runs `work` with a new, migrated PostgreSQL and removes it afterwards. `durable`: whether commits are written to disk. */
export const withDatabase = async (
  work: (url: string) => Promise<void>,
  { durable }: { durable: boolean },
): Promise<void> => {
  const dataDir = await mkdtemp(join(tmpdir(), 'moonlight-bench-'));
  const postgres = await startEmbeddedPostgres({ dataDir, port: 0, durable });
  try {
    await migrateAll(postgres.url, undefined);
    await work(postgres.url);
  } finally {
    await postgres.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
};
