import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Account } from './account.ts';
import { childOptions } from './child-options.ts';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';
import { packagedBinaries } from './packaged-binaries.ts';
import { processIdentity } from './process-identity.ts';
import { restoreLinks } from './restore-links.ts';

const run = promisify(execFile);

/** Where root keeps a copy other accounts can reach; it can be deleted at any time. */
const ROOT_SHELF = '/var/cache/moonlight';

/** Whether an account may reach and load them is answered by running them and by nothing less. */
const complaint = async (folder: string, account: Account): Promise<string | undefined> => {
  try {
    await run(join(folder, 'bin', 'postgres'), ['--version'], childOptions(account));
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

/** Leftovers of a process that was killed while it copied. */
const sweepDeadCopies = async (shelf: string): Promise<void> => {
  for (const name of await readdir(shelf)) {
    const pid = /^copying-(\d+)-/.exec(name)?.[1];
    const dead = pid !== undefined && processIdentity(Number(pid)) === undefined;
    if (dead) await rm(join(shelf, name), { recursive: true, force: true });
  }
};

const copy = async (source: string, target: string, account: Account): Promise<void> => {
  const shelf = join(target, '..');
  await mkdir(shelf, { recursive: true });
  await sweepDeadCopies(shelf);
  const staging = join(shelf, `copying-${process.pid}-${Date.now()}`);
  try {
    await cp(source, staging, { recursive: true, verbatimSymlinks: true });
    await restoreLinks(staging);
    await run('chmod', ['-R', 'a+rX', staging]);
    await rename(staging, target).catch(async () => {
      // Somebody else may have finished the same copy meanwhile: theirs is as good, unless it does not run.
      if ((await complaint(target, account)) === undefined) return;
      await rm(target, { recursive: true, force: true });
      await rename(staging, target);
    });
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
};

/**
 * The folder of binaries that `account` can run: the package's own, or a copy when the package lies where that account
 * cannot go (under /root, say) or cannot be completed. About 60 MB and half a second, once per version.
 */
export const usableBinaries = async (account: Account, dataDir: string): Promise<string> => {
  const { folder, version } = await packagedBinaries();
  if ((await complaint(folder, account)) === undefined) return folder;
  const target = join(account === undefined ? dataDir : ROOT_SHELF, `postgres-${version}`);
  if ((await complaint(target, account)) === undefined) return target;
  await copy(folder, target, account);
  const reason = await complaint(target, account);
  if (reason === undefined) return target;
  const message = `The embedded PostgreSQL cannot run here (${reason.trim()}). Set DATABASE_URL to one of your own.`;
  throw new EmbeddedPostgresError('UNSUPPORTED', message);
};
