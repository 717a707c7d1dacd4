import { execFileSync } from 'node:child_process';
import { open, stat } from 'node:fs/promises';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';

/** The system account that runs PostgreSQL; undefined means the account of this process. */
export type Account = { readonly uid: number; readonly gid: number } | undefined;

const UNPRIVILEGED = 'nobody';

const lookUp = (): Account => {
  const id = (flag: string): number => Number(execFileSync('id', [flag, UNPRIVILEGED], { encoding: 'utf8' }));
  try {
    return { uid: id('-u'), gid: id('-g') };
  } catch (cause) {
    const message = `PostgreSQL refuses to run as root, and there is no user "${UNPRIVILEGED}" to run it as.`;
    throw new EmbeddedPostgresError('UNSUPPORTED', message, { cause });
  }
};

/**
 * PostgreSQL refuses to run as root. For root, this is the account that already owns the cluster, because PostgreSQL
 * requires its own account to own it, else `nobody`. For other users it is undefined.
 */
export const chooseAccount = async (cluster: string): Promise<Account> => {
  if (process.getuid?.() !== 0) return undefined;
  const owner = await stat(cluster).catch(() => undefined);
  return owner === undefined || owner.uid === 0 ? lookUp() : { uid: owner.uid, gid: owner.gid };
};

interface ChildOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly uid?: number;
  readonly gid?: number;
}

/**
 * The options every PostgreSQL program is spawned with: a minimal environment, because PGPORT, PGDATA, LANG and the like
 * of the user's shell would change its behaviour, and a working directory that every account may use.
 */
export const childOptions = (account: Account): ChildOptions => ({
  cwd: '/',
  env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
  ...account,
});

/** A folder's path as a child process can use it, and the file descriptors that the child must inherit. */
export interface SharedFolder {
  readonly path: string;
  /** To be appended to stdin, stdout and stderr in the child's `stdio`. */
  readonly descriptors: readonly number[];
  readonly close: () => Promise<void>;
}

/**
 * Gives another account access to a folder but not to its parent folders: root's home, where the data usually are, is
 * closed to other accounts. On Linux an open descriptor suffices, since /proc/self/fd/3 resolves to the folder itself
 * and only its own permissions count.
 */
export const shareFolder = async (folder: string, account: Account): Promise<SharedFolder> => {
  if (account === undefined || process.platform !== 'linux') {
    return { path: folder, descriptors: [], close: () => Promise.resolve() };
  }
  const handle = await open(folder, 'r');
  return { path: '/proc/self/fd/3', descriptors: [handle.fd], close: () => handle.close() };
};
