import { open } from 'node:fs/promises';
import type { Account } from './account.ts';

/** A folder under the name a child process can use, and what it must inherit for that. */
export interface LentFolder {
  readonly path: string;
  /** To be appended to stdin, stdout and stderr in the child's `stdio`. */
  readonly descriptors: readonly number[];
  readonly close: () => Promise<void>;
}

/**
 * Gives another account a folder without giving it the way there: the home of root is closed to it, and with it the
 * usual place for data. On Linux an open descriptor is enough, since /proc/self/fd/3 leads straight to what it stands
 * for, and only the folder's own permissions count.
 */
export const lendFolder = async (folder: string, account: Account): Promise<LentFolder> => {
  if (account === undefined || process.platform !== 'linux') {
    return { path: folder, descriptors: [], close: () => Promise.resolve() };
  }
  const handle = await open(folder, 'r');
  return { path: '/proc/self/fd/3', descriptors: [handle.fd], close: () => handle.close() };
};
