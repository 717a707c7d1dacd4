import { spawn } from 'node:child_process';
import { resolve as resolvePath } from 'node:path';
import { text } from 'node:stream/consumers';

/** The folder of the root package.json. */
export const repositoryRoot = resolvePath(import.meta.dirname, '..', '..', '..');

/** A command that runs in the repository's root folder. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  /** Added to the environment of this process. */
  readonly env?: NodeJS.ProcessEnv;
  /** Aborting ends the command and all its child processes. */
  readonly signal: AbortSignal;
}

/** How a command ended. */
export interface CommandResult {
  readonly hasSucceeded: boolean;
  /** What it wrote to standard output and standard error. */
  readonly output: string;
}

// After this time a command that was asked to end is killed. A test run stops its servers first.
const STOP_TIMEOUT_MS = 20_000;

const run = ({ file, args, env = {}, signal }: Command, output: 'inherit' | 'pipe'): Promise<CommandResult> =>
  new Promise((resolve) => {
    if (signal.aborted) {
      resolve({ hasSucceeded: false, output: '' });
      return;
    }
    const child = spawn(file, args, {
      cwd: repositoryRoot,
      env: { ...process.env, ...env },
      stdio: ['ignore', output, output],
      // In a process group, the command can be ended with its children, and Ctrl-C does not reach it a second time.
      detached: true,
    });
    const written = [child.stdout, child.stderr].flatMap((stream) => (stream === null ? [] : [text(stream)]));
    const endGroup = (how: NodeJS.Signals): void => {
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, how);
    };
    const abort = (): void => {
      endGroup('SIGTERM');
      setTimeout(() => endGroup('SIGKILL'), STOP_TIMEOUT_MS).unref();
    };
    signal.addEventListener('abort', abort, { once: true });
    child.once('error', (error) => resolve({ hasSucceeded: false, output: `${error.message}\n` }));
    child.once('close', (code) => {
      signal.removeEventListener('abort', abort);
      void Promise.all(written).then((texts) => resolve({ hasSucceeded: code === 0, output: texts.join('') }));
    });
  });

/** Runs a command with its output on the terminal; resolves with whether it succeeded, also when it could not start. */
export const runCommand = async (command: Command): Promise<boolean> => {
  const { hasSucceeded, output } = await run(command, 'inherit');
  if (output !== '') console.error(output.trimEnd());
  return hasSucceeded;
};

/** Runs a command silently; resolves with its output and whether it succeeded, also when it could not start. */
export const captureCommand = (command: Command): Promise<CommandResult> => run(command, 'pipe');

/** Requests to end this process. */
export interface StopRequests {
  /** Aborts at the first request. */
  readonly asked: AbortSignal;
  /** Aborts at a second request, which a user makes when stopping takes too long. */
  readonly forced: AbortSignal;
}

// One Ctrl-C arrives up to three times: from the terminal, from npm and from the bootstrap.
const ECHO_MS = 1000;

/** Listens for Ctrl-C, SIGTERM, SIGHUP, and for the end of the process that started this one. */
export const listenForStop = (): StopRequests => {
  const asked = new AbortController();
  const forced = new AbortController();
  let firstAt = 0;
  const ask = (): void => {
    if (!asked.signal.aborted) {
      firstAt = performance.now();
      asked.abort();
    } else if (performance.now() - firstAt > ECHO_MS) forced.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, ask);
  process.once('disconnect', () => asked.abort());
  return { asked: asked.signal, forced: forced.signal };
};
