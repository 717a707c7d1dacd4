import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '@moonlight/embedded-postgres';
import { createTemplateDatabase } from '@moonlight/db/testing';
import { migrateAll } from '@moonlight/runtime';
import type { TestProject } from 'vitest/node';

/**
 * Starts one PostgreSQL for the whole run, with a migrated template that every test file copies its database from. A run of
 * the unit tests alone needs none.
 */
export default async ({ vitest }: TestProject): Promise<(() => Promise<void>) | undefined> => {
  if (vitest.projects.every(({ name }) => name === 'unit')) return undefined;
  const dataDir = await mkdtemp(join(tmpdir(), 'moonlight-test-'));
  const postgres = await startEmbeddedPostgres({ dataDir, port: 0, durable: false });
  process.env['TEST_DATABASE_URL'] = postgres.url;
  await createTemplateDatabase((url) => migrateAll(url, undefined));
  return async () => {
    await postgres.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
};
