import { join } from 'node:path';
import { buildApps } from '@moonlight/build';
import pg from 'pg';

/** Where the frontend is once it has been built. */
export const PAGES = join(import.meta.dirname, '..', '..', '..', '..', 'apps', 'web', 'dist');

const LOCK = 7_264_001;

const buildUnlessDone = async (database: pg.Client): Promise<void> => {
  await database.query('select pg_advisory_lock($1)', [LOCK]);
  const { rows } = await database.query("select to_regclass('apps_are_built') is not null as done");
  if (rows[0].done) return;
  await buildApps(AbortSignal.timeout(60_000));
  await database.query('create table apps_are_built ()');
};

/**
 * Bundles the apps as they are now, once a test run. Test files run in processes of their own; what they share is the
 * run's PostgreSQL, so its lock lets one of them build while the others wait, and frees itself if that one falls over.
 */
export const buildAppsOnce = async (): Promise<void> => {
  const database = new pg.Client({ connectionString: process.env['TEST_DATABASE_URL'] });
  await database.connect();
  try {
    await buildUnlessDone(database);
  } finally {
    await database.end();
  }
};
