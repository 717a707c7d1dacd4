import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '@moonlight/embedded-postgres';
import { migrateAll } from '@moonlight/runtime';

/** Runs `work` on a fresh, migrated PostgreSQL of its own and leaves nothing behind. `durable` as in production. */
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
