import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { type Account, childOptions } from './account.ts';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';
import { processIdentity } from './postmaster.ts';

const run = promisify(execFile);

/** Where root keeps a copy that other accounts can read. It can be deleted at any time. */
const ROOT_CACHE = '/var/cache/moonlight';

const locatePackage = (): string => {
  const platform = `${process.platform}-${process.arch}`;
  try {
    // <package>/dist/index.js is the only file that the package exports.
    return dirname(dirname(createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}`)));
  } catch (cause) {
    const message = `There is no embedded PostgreSQL for ${platform}. Set DATABASE_URL to a PostgreSQL of your own.`;
    throw new EmbeddedPostgresError('UNSUPPORTED', message, { cause });
  }
};

const versionOf = async (root: string): Promise<string> => {
  const manifest: unknown = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : '';
};

const isLink = (value: unknown): value is { source: string; target: string } =>
  typeof value === 'object' &&
  value !== null &&
  'source' in value &&
  typeof value.source === 'string' &&
  'target' in value &&
  typeof value.target === 'string';

/**
 * npm packages cannot contain symbolic links, so this one lists those that its libraries need and creates them in an
 * install script, which does not run here. A link that cannot be created is skipped: `usableBinaries` runs the binaries
 * to find out whether it was needed.
 */
const restoreLinks = async (binaries: string): Promise<void> => {
  const list: unknown = JSON.parse(await readFile(join(binaries, 'pg-symlinks.json'), 'utf8').catch(() => '[]'));
  for (const { source, target } of Array.isArray(list) ? list.filter(isLink) : []) {
    // The paths in the list start at the package's root, where these files are in `native/`.
    const path = join(binaries, target.replace(/^native\//, ''));
    await symlink(basename(source), path).catch(() => undefined);
  }
};

/** The error message of a trial run, or undefined if `account` can reach the binaries and run them. */
const findProblem = async (folder: string, account: Account): Promise<string | undefined> => {
  try {
    await run(join(folder, 'bin', 'postgres'), ['--version'], childOptions(account));
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

/** Removes what processes that were killed while they copied have left. */
const removeDeadCopies = async (cache: string): Promise<void> => {
  for (const name of await readdir(cache)) {
    const pid = /^copying-(\d+)-/.exec(name)?.[1];
    const isDead = pid !== undefined && processIdentity(Number(pid)) === undefined;
    if (isDead) await rm(join(cache, name), { recursive: true, force: true });
  }
};

const copy = async (source: string, target: string, account: Account): Promise<void> => {
  const cache = dirname(target);
  await mkdir(cache, { recursive: true });
  await removeDeadCopies(cache);
  const staging = join(cache, `copying-${process.pid}-${Date.now()}`);
  try {
    await cp(source, staging, { recursive: true, verbatimSymlinks: true });
    await restoreLinks(staging);
    await run('chmod', ['-R', 'a+rX', staging]);
    await rename(staging, target).catch(async () => {
      // Another process may have finished the same copy meanwhile. Use that one, unless it does not run.
      if ((await findProblem(target, account)) === undefined) return;
      await rm(target, { recursive: true, force: true });
      await rename(staging, target);
    });
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
};

/**
 * The folder with PostgreSQL's bin/, lib/ and share/ that `account` can run: the package's own, or a copy if the package is
 * where that account cannot read (below /root, for example) or cannot be completed. A copy takes about 60 MB and half a
 * second, once per version. Throws UNSUPPORTED if neither runs.
 */
export const usableBinaries = async (account: Account, dataDir: string): Promise<string> => {
  const root = locatePackage();
  const folder = join(root, 'native');
  await restoreLinks(folder);
  if ((await findProblem(folder, account)) === undefined) return folder;
  const target = join(account === undefined ? dataDir : ROOT_CACHE, `postgres-${await versionOf(root)}`);
  if ((await findProblem(target, account)) === undefined) return target;
  await copy(folder, target, account);
  const problem = await findProblem(target, account);
  if (problem === undefined) return target;
  const message = `The embedded PostgreSQL cannot run here (${problem.trim()}). Set DATABASE_URL to a PostgreSQL of your own.`;
  throw new EmbeddedPostgresError('UNSUPPORTED', message);
};
