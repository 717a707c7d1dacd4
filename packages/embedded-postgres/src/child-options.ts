import type { Account } from './account.ts';

interface ChildOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly uid?: number;
  readonly gid?: number;
}

/**
 * What every PostgreSQL program is started with: a short environment, since PGPORT, PGDATA, LANG and the like of the
 * person at the terminal would steer it, and a folder any account may stand in.
 */
export const childOptions = (account: Account): ChildOptions => ({
  cwd: '/',
  env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
  ...account,
});
