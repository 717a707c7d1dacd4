import { randomBytes } from 'node:crypto';
import { chown, mkdtemp, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Account } from './account.ts';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';
import { lendFolder } from './lend-folder.ts';
import { runProgram } from './run-program.ts';

/** PostgreSQL's name for a data folder with everything in it. */
export interface Cluster {
  readonly folder: string;
  readonly password: string;
}

interface ClusterOptions {
  readonly dataDir: string;
  readonly binaries: string;
  readonly account: Account;
  readonly durable: boolean;
  readonly signal?: AbortSignal | undefined;
}

export const SUPERUSER = 'moonlight';
/** The major version of the packaged binaries; another one cannot read the files. */
const MAJOR_VERSION = '18';
const STAGING = 'staging-';
// Inside the cluster, so that one rename makes both or neither.
const PASSWORD_FILE = 'moonlight-password';

export const clusterFolder = (dataDir: string): string => join(dataDir, 'cluster');

const LOCALE = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];

const initialize = async (staging: string, options: ClusterOptions): Promise<void> => {
  const { account, binaries, durable, signal } = options;
  const pwfile = join(staging, PASSWORD_FILE);
  await writeFile(pwfile, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 });
  if (account !== undefined) {
    await chown(staging, account.uid, account.gid);
    await chown(pwfile, account.uid, account.gid);
  }
  const lent = await lendFolder(staging, account);
  const data = join(lent.path, 'data');
  const args = ['-D', data, '-U', SUPERUSER, '--auth=scram-sha-256', `--pwfile=${join(lent.path, PASSWORD_FILE)}`];
  try {
    await runProgram({
      path: join(binaries, 'bin', 'initdb'),
      args: [...args, ...LOCALE, ...(durable ? [] : ['--no-sync'])],
      account,
      descriptors: lent.descriptors,
      signal,
    });
  } finally {
    await lent.close();
  }
  await rename(pwfile, join(staging, 'data', PASSWORD_FILE));
};

/** What an interrupted start left half made. */
const sweepStaging = async (dataDir: string): Promise<void> => {
  const leftovers = (await readdir(dataDir)).filter((name) => name.startsWith(STAGING));
  await Promise.all(leftovers.map((name) => rm(join(dataDir, name), { recursive: true, force: true, maxRetries: 5 })));
};

const create = async (folder: string, options: ClusterOptions): Promise<void> => {
  await sweepStaging(options.dataDir);
  const staging = await mkdtemp(join(options.dataDir, STAGING));
  try {
    await initialize(staging, options);
    // From here on it is there, whole; before, it was not there at all.
    await rename(join(staging, 'data'), folder);
  } finally {
    await rm(staging, { recursive: true, force: true, maxRetries: 5 });
  }
};

const read = (folder: string, name: string): Promise<string | undefined> =>
  readFile(join(folder, name), 'utf8').then(
    (text) => text.trim(),
    () => undefined,
  );

/** Finds the cluster in `dataDir` or makes one; a made one is never seen half made, whatever interrupts. */
export const ensureCluster = async (options: ClusterOptions): Promise<Cluster> => {
  const folder = clusterFolder(options.dataDir);
  if ((await read(folder, 'PG_VERSION')) === undefined) await create(folder, options);
  const version = await read(folder, 'PG_VERSION');
  const password = await read(folder, PASSWORD_FILE);
  if (version === MAJOR_VERSION && password !== undefined) return { folder, password };
  const what =
    version === MAJOR_VERSION ? 'has lost its password file' : `is of PostgreSQL ${version}, not ${MAJOR_VERSION}`;
  throw new EmbeddedPostgresError('FAILED', `The database in ${folder} ${what}. Move it away to start with a new one.`);
};
