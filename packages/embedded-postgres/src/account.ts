import { execFileSync } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';

/** The system account PostgreSQL runs under; undefined is "the one we run under". */
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
 * PostgreSQL refuses to run as root, so root lends it another account: the one that owns the cluster already, because
 * it insists on that too, else `nobody`. Everybody else runs it as themselves.
 */
export const chooseAccount = async (cluster: string): Promise<Account> => {
  if (process.getuid?.() !== 0) return undefined;
  const owner = await stat(cluster).catch(() => undefined);
  return owner === undefined || owner.uid === 0 ? lookUp() : { uid: owner.uid, gid: owner.gid };
};
