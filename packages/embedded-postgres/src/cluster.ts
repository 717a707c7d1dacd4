import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdtemp, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeBase64urlNoPadding } from '@oslojs/encoding';
import { type Account, childOptions, type SharedFolder, shareFolder } from './account.ts';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';

/** A data folder of PostgreSQL, and the password of its superuser. */
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
/** The major version of the packaged binaries, which cannot read the files of another one. */
const MAJOR_VERSION = '18';
const STAGING = 'staging-';
// Inside the cluster, so that one rename puts both in place.
const PASSWORD_FILE = 'moonlight-password';

export const clusterFolder = (dataDir: string): string => join(dataDir, 'cluster');

const LOCALE = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];

const KEPT_CHARACTERS = 4_000;

interface Program {
  readonly args: readonly string[];
  readonly folder: SharedFolder;
}

/** Runs initdb to its end. Rejects with its last output if it fails. */
const runInitdb = ({ args, folder }: Program, { account, binaries, signal }: ClusterOptions): Promise<void> =>
  new Promise((resolve, reject) => {
    let output = '';
    const child = spawn(join(binaries, 'bin', 'initdb'), args, {
      ...childOptions(account),
      // Its own process group: Ctrl-C in the terminal must not reach it, and abort can end its children too.
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe', ...folder.descriptors],
    });
    const abort = (): void => {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    };
    signal?.addEventListener('abort', abort, { once: true });
    if (signal?.aborted === true) abort();
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (output = (output + text).slice(-KEPT_CHARACTERS)));
    child.once('error', reject);
    child.once('close', (code, killedBy) => {
      signal?.removeEventListener('abort', abort);
      const how = killedBy === null ? `ended with exit code ${code}` : `was ended by ${killedBy}`;
      if (code === 0) resolve();
      else reject(new EmbeddedPostgresError('FAILED', `initdb ${how}: ${output.trim()}`));
    });
  });

const initialize = async (staging: string, options: ClusterOptions): Promise<void> => {
  const { account, durable } = options;
  const pwfile = join(staging, PASSWORD_FILE);
  await writeFile(pwfile, `${encodeBase64urlNoPadding(randomBytes(24))}\n`, { mode: 0o600 });
  if (account !== undefined) {
    await chown(staging, account.uid, account.gid);
    await chown(pwfile, account.uid, account.gid);
  }
  const folder = await shareFolder(staging, account);
  const data = join(folder.path, 'data');
  const args = ['-D', data, '-U', SUPERUSER, '--auth=scram-sha-256', `--pwfile=${join(folder.path, PASSWORD_FILE)}`];
  try {
    await runInitdb({ args: [...args, ...LOCALE, ...(durable ? [] : ['--no-sync'])], folder }, options);
  } finally {
    await folder.close();
  }
  await rename(pwfile, join(staging, 'data', PASSWORD_FILE));
};

/** Removes the unfinished clusters of interrupted starts. */
const removeStaging = async (dataDir: string): Promise<void> => {
  const names = (await readdir(dataDir)).filter((name) => name.startsWith(STAGING));
  await Promise.all(names.map((name) => rm(join(dataDir, name), { recursive: true, force: true, maxRetries: 5 })));
};

const create = async (folder: string, options: ClusterOptions): Promise<void> => {
  await removeStaging(options.dataDir);
  const staging = await mkdtemp(join(options.dataDir, STAGING));
  try {
    await initialize(staging, options);
    // The rename makes the complete cluster appear at once.
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

/**
 * Returns the cluster in `dataDir`, or creates one; an interruption leaves no incomplete cluster. Throws FAILED if the
 * cluster is of another major version or its password file is missing.
 */
export const ensureCluster = async (options: ClusterOptions): Promise<Cluster> => {
  const folder = clusterFolder(options.dataDir);
  if ((await read(folder, 'PG_VERSION')) === undefined) await create(folder, options);
  const version = await read(folder, 'PG_VERSION');
  const password = await read(folder, PASSWORD_FILE);
  if (version === MAJOR_VERSION && password !== undefined) return { folder, password };
  const what = version === MAJOR_VERSION ? 'has no password file' : `is of PostgreSQL ${version}, not ${MAJOR_VERSION}`;
  throw new EmbeddedPostgresError('FAILED', `The database in ${folder} ${what}. Move it away to start with a new one.`);
};
