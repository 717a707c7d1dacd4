import { spawn } from 'node:child_process';
import { repositoryRoot } from './repository-root.ts';

/** A command whose output goes straight to the terminal. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** Aborting ends it with all its children. */
  readonly signal: AbortSignal;
}

// A test run stops its servers first.
const PATIENCE_MS = 20_000;

/** Runs it to its end; resolves with whether that was success, also when it could not be started at all. */
export const runCommand = ({ file, args, env = {}, signal }: Command): Promise<boolean> =>
  new Promise((resolve) => {
    if (signal.aborted) {
      resolve(false);
      return;
    }
    const child = spawn(file, args, {
      cwd: repositoryRoot,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'inherit', 'inherit'],
      // A group of its own, so that it can be ended as a whole and is not ended twice.
      detached: true,
    });
    const endGroup = (how: NodeJS.Signals): void => {
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, how);
    };
    const callOff = (): void => {
      endGroup('SIGTERM');
      setTimeout(() => endGroup('SIGKILL'), PATIENCE_MS).unref();
    };
    signal.addEventListener('abort', callOff, { once: true });
    child.once('error', (error) => {
      console.error(error.message);
      resolve(false);
    });
    child.once('exit', (code) => {
      signal.removeEventListener('abort', callOff);
      resolve(code === 0);
    });
  });
