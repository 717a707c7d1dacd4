import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { link, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { encodeHexLowerCase } from '@oslojs/encoding';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';
import { processIdentity } from './postmaster.ts';

/** Releases the folder. Also happens when the process exits. */
export type Release = () => void;

interface Lock {
  readonly number: number;
  readonly path: string;
  readonly owner: number | undefined;
}

const LOCK_NAME = /^lock-(\d+)$/;

const livingOwner = async (path: string): Promise<number | undefined> => {
  const [pid, identity] = (await readFile(path, 'utf8').catch(() => '')).split('\n');
  const owner = Number(pid);
  return identity && processIdentity(owner) === identity ? owner : undefined;
};

const locksIn = async (folder: string): Promise<Lock[]> => {
  const numbers = (await readdir(folder)).flatMap((name) => LOCK_NAME.exec(name)?.[1] ?? []).map(Number);
  return Promise.all(
    numbers.map(async (number) => {
      const path = join(folder, `lock-${number}`);
      return { number, path, owner: await livingOwner(path) };
    }),
  );
};

/** Removes the claims of processes that were killed while they claimed. */
const removeDeadClaims = async (folder: string): Promise<void> => {
  const claims = (await readdir(folder)).filter((name) => name.startsWith('claim-')).map((name) => join(folder, name));
  for (const claim of claims) {
    if ((await livingOwner(claim)) === undefined) await rm(claim, { force: true });
  }
};

const createLink = (from: string, to: string): Promise<boolean> =>
  link(from, to).then(
    () => true,
    () => false,
  );

/** One attempt: the path of our lock, or undefined if another process interfered. Throws IN_USE. */
const tryToClaim = async (folder: string, claim: string): Promise<string | undefined> => {
  const before = await locksIn(folder);
  const owner = before.find((lock) => lock.owner !== undefined)?.owner;
  if (owner !== undefined) {
    const message = `${folder} is in use by another Moonlight (process ${owner}). Stop it first.`;
    throw new EmbeddedPostgresError('IN_USE', message);
  }
  const path = join(folder, `lock-${Math.max(0, ...before.map((lock) => lock.number)) + 1}`);
  if (!(await createLink(claim, path))) return undefined;
  const others = (await locksIn(folder)).filter((lock) => lock.path !== path);
  if (others.some((lock) => lock.owner !== undefined)) {
    await rm(path);
    return undefined;
  }
  await Promise.all(others.map((dead) => rm(dead.path, { force: true })));
  await removeDeadClaims(folder);
  return path;
};

const releaseOf = (path: string): Release => {
  const release = (): void => {
    process.off('exit', release);
    rmSync(path, { force: true });
  };
  process.once('exit', release);
  return release;
};

/**
 * Makes this process the only one that starts PostgreSQL in `folder`, or throws IN_USE.
 *
 * Exactly one process must take over the lock of a dead owner, and a file has no compare-and-swap. So locks are numbered
 * and never overwritten: a process that finds every owner dead creates the link with the next number, which only one
 * process can do, and then checks the other locks again.
 */
export const claimFolder = async (folder: string): Promise<Release> => {
  const claim = join(folder, `claim-${process.pid}-${encodeHexLowerCase(randomBytes(4))}`);
  await writeFile(claim, `${process.pid}\n${processIdentity(process.pid) ?? ''}\n`, { mode: 0o600 });
  try {
    for (;;) {
      const path = await tryToClaim(folder, claim);
      if (path !== undefined) return releaseOf(path);
      // A random pause, so that two processes that gave way to each other do not repeat that at the same time.
      await pause(Math.random() * 20);
    }
  } finally {
    await rm(claim, { force: true });
  }
};
