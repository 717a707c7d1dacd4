import { spawn } from 'node:child_process';
import { basename } from 'node:path';
import type { Account } from './account.ts';
import { childOptions } from './child-options.ts';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';

interface Program {
  readonly path: string;
  readonly args: readonly string[];
  readonly account: Account;
  readonly descriptors: readonly number[];
  readonly signal?: AbortSignal | undefined;
}

const KEPT_CHARACTERS = 4_000;

/** Runs a program and its children to their end; rejects with what it said when that was not success. */
export const runProgram = ({ path, args, account, descriptors, signal }: Program): Promise<void> =>
  new Promise((resolve, reject) => {
    let said = '';
    const child = spawn(path, args, {
      ...childOptions(account),
      // A group of its own: Ctrl-C is for the one who started us to pass on, not for the terminal.
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe', ...descriptors],
    });
    // It has children of its own, which are in its group too.
    const callOff = (): void => {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    };
    signal?.addEventListener('abort', callOff, { once: true });
    if (signal?.aborted === true) callOff();
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-KEPT_CHARACTERS)));
    child.once('error', reject);
    child.once('close', (code, killedBy) => {
      signal?.removeEventListener('abort', callOff);
      const how = killedBy === null ? `ended with ${code}` : `was ended by ${killedBy}`;
      if (code === 0) resolve();
      else reject(new EmbeddedPostgresError('FAILED', `${basename(path)} ${how}: ${said.trim()}`));
    });
  });
