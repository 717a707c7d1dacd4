import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { assembleRelease } from '@moonlight/build';
import { createEmptyDatabase, type TestDatabase } from '@moonlight/db/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Mailbox, openMailbox } from '../src/mailbox.ts';
import { type Release, type ReleasedApp, runRelease, startRelease } from '../src/release.ts';
import { type Rest, restOf, tokensIn } from '../src/rest.ts';
import { buildAppsOnce } from '../src/run-app.ts';
import { openSql } from '../src/sql.ts';
import { baseEnv } from '../src/start-stack.ts';

// The version before is that of PREVIOUS_RELEASE, a folder `dist/moonlight` of an older build. Without it, it is the code of
// today: then the test shows that the service survives the kinds of changes that migrations.test.ts allows.
const previousFolder = process.env['PREVIOUS_RELEASE'];
const CALLERS = 6;
const STEADY_MS = 1000;

let folder: string;
let database: TestDatabase;
let mailbox: Mailbox;
const apps: ReleasedApp[] = [];

const releaseAt = (path: string): Release => ({ node: process.execPath, folder: path });
const env = (): NodeJS.ProcessEnv => ({
  ...baseEnv(database.url, mailbox.smtpPort),
  DATABASE_POOL_SIZE: '10',
  LOG_LEVEL: 'info',
});

/** What the next version may change in every table: new columns with and without a default, an index. And a new table. */
const nextMigration = async (): Promise<string> => {
  const sql = openSql(database.url);
  const tables = await sql.query(
    `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition`,
  );
  await sql.close();
  const changes = tables.flatMap(({ name }) => [
    `ALTER TABLE "${name}" ADD COLUMN "next_note" text`,
    `ALTER TABLE "${name}" ADD COLUMN "next_count" integer DEFAULT 0 NOT NULL`,
    `CREATE INDEX "${name}_next_idx" ON "${name}" ("next_count")`,
  ]);
  return ['CREATE TABLE "next_table" ("id" uuid PRIMARY KEY)', ...changes].join(';--> statement-breakpoint\n');
};

/** The release of today with one more migration. */
const assembleNext = async (migration: string): Promise<Release> => {
  const next = join(folder, 'next');
  await assembleRelease(next);
  const journalFile = join(next, 'migrations', 'meta', '_journal.json');
  const journal: unknown = JSON.parse(await readFile(journalFile, 'utf8'));
  if (!(journal instanceof Object && 'entries' in journal && Array.isArray(journal.entries)))
    throw new Error('no journal');
  journal.entries.push({ idx: 9999, version: '7', when: Date.now() + 1e9, tag: '9999_next', breakpoints: true });
  await writeFile(journalFile, JSON.stringify(journal, null, 2));
  await writeFile(join(next, 'migrations', '9999_next.sql'), migration);
  return releaseAt(next);
};

/** Logs in, uses the session, refreshes it and logs out, again and again; rejects with the first answer that is no success. */
const keepCalling = async (rest: Rest, index: number, isDone: () => boolean): Promise<void> => {
  const login = { email: `u${index}@example.com`, password: 'a long enough secret' };
  const call: Rest = async (route, body, more) => {
    const answer = await rest(route, body, more);
    if (answer.status >= 300) throw new Error(`${route}: ${answer.status} ${answer.text}`);
    return answer;
  };
  await call('POST /api/v1/auth/register', { ...login, username: `user_${index}` });
  do {
    const { access, refresh } = tokensIn(await call('POST /api/v1/auth/login', login));
    await call('GET /api/v1/auth/profile', undefined, { token: access });
    const next = tokensIn(await call('POST /api/v1/auth/refresh', { refresh_token: refresh }));
    await call('GET /api/v1/auth/sessions', undefined, { token: next.access });
    await call('POST /api/v1/auth/logout', undefined, { token: next.access });
  } while (!isDone());
};

beforeAll(async () => {
  await buildAppsOnce();
  folder = await mkdtemp(join(tmpdir(), 'moonlight-versions-'));
  [database, mailbox] = await Promise.all([createEmptyDatabase(), openMailbox()]);
});

afterAll(async () => {
  for (const { child } of apps) child.kill('SIGKILL');
  await Promise.all([mailbox.close(), database.drop(), rm(folder, { recursive: true })]);
});

test('no call fails while the next version migrates, and the version before goes on and can be started again', async () => {
  const previous = releaseAt(previousFolder ?? join(folder, 'previous'));
  if (previousFolder === undefined) await assembleRelease(previous.folder);
  expect(await runRelease(previous, ['migrate'], env())).toMatchObject({ code: 0 });
  const next = await assembleNext(await nextMigration());
  apps.push(...(await Promise.all((['api', 'worker'] as const).map((name) => startRelease(previous, name, env())))));
  const rest = restOf(apps[0]?.url ?? '');

  let isDone = false;
  const calls = Promise.all(Array.from({ length: CALLERS }, (_, index) => keepCalling(rest, index, () => isDone)));
  // It may reject before it is awaited.
  calls.catch(() => undefined);
  await pause(STEADY_MS);
  const migrated = await runRelease(next, ['migrate'], env());
  await pause(STEADY_MS);
  isDone = true;
  await calls.catch((error: unknown) => {
    const errors = apps.flatMap((app) => app.output().split('\n')).filter((line) => line.includes('"level":50'));
    throw new Error(`a call failed while the tables were changed:\n${errors.join('\n')}`, { cause: error });
  });
  expect(migrated).toMatchObject({ code: 0, output: expect.stringContaining('9999_next') });

  const restarted = await startRelease(previous, 'api', env());
  apps.push(restarted);
  await keepCalling(restOf(restarted.url), CALLERS, () => true);
  expect((await mailbox.next(`u${CALLERS}@example.com`)).to).toHaveLength(1);
});
