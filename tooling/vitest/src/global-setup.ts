import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '@moonlight/embedded-postgres';
import { createTemplateDatabase } from '@moonlight/db/testing';
import { migrateAll } from '@moonlight/runtime';

/** One PostgreSQL for the whole run, with a migrated template that every test file copies its database from. */
export default async (): Promise<() => Promise<void>> => {
  const dataDir = await mkdtemp(join(tmpdir(), 'moonlight-test-'));
  const postgres = await startEmbeddedPostgres({ dataDir, port: 0, durable: false });
  process.env['TEST_DATABASE_URL'] = postgres.url;
  await createTemplateDatabase((url) => migrateAll(url, undefined));
  return async () => {
    await postgres.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
};
