import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import type { Running } from './service.ts';

/** A Node program of ours. */
export interface Program {
  readonly script: string;
  readonly env: NodeJS.ProcessEnv;
  readonly onLine: (line: string) => void;
}

/** A running one, with the channel it may report on. */
export interface RunningChild extends Running {
  readonly child: ChildProcess;
}

// The apps finish open requests and mails on their way first.
const PATIENCE_MS = 15_000;
const LEAVE_WITH_PARENT = join(import.meta.dirname, 'leave-with-parent.ts');

const howItEnded = (child: ChildProcess): Promise<string> =>
  new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal === null ? `exit code ${code}` : signal));
  });

/** Starts it in a group of its own, where Ctrl-C does not reach it: it is stopped when its turn comes. */
export const runChild = ({ script, env, onLine }: Program): RunningChild => {
  const child = spawn(process.execPath, ['--import', LEAVE_WITH_PARENT, script], {
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const pass = (input: Readable | null): void => {
    if (input !== null) createInterface({ input }).on('line', onLine);
  };
  pass(child.stdout);
  pass(child.stderr);
  const exited = howItEnded(child);
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    const timer = new AbortController();
    const late = pause(PATIENCE_MS, 'late', { signal: timer.signal }).catch(() => undefined);
    if ((await Promise.race([exited, late])) === 'late') child.kill('SIGKILL');
    timer.abort();
    await exited;
  };
  return { child, pid: child.pid ?? 0, exited, stop, kill: () => void child.kill('SIGKILL') };
};
