import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';

/** A process of this supervisor. */
export interface Running {
  readonly pid: number;
  /** Resolves when it has ended, requested or not, with a description such as `exit code 1` or `SIGKILL`. */
  readonly exited: Promise<string>;
  /** Asks it to end and waits until it has. May be called more than once. */
  readonly stop: () => Promise<void>;
  /** Kills it. */
  readonly kill: () => void;
}

/** A Node program of this repository. */
export interface Program {
  readonly script: string;
  readonly args?: readonly string[] | undefined;
  readonly env: NodeJS.ProcessEnv;
  readonly onLine: (line: string) => void;
}

/** A running program with its IPC channel. */
export interface RunningChild extends Running {
  readonly child: ChildProcess;
}

// The apps first finish open requests and mails that are being sent.
const STOP_TIMEOUT_MS = 15_000;
const STOP_WITH_PARENT = join(import.meta.dirname, 'stop-with-parent.ts');

const howItEnded = (child: ChildProcess): Promise<string> =>
  new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal === null ? `exit code ${code}` : signal));
  });

/** Starts a program in its own process group, so that Ctrl-C does not reach it: the supervisor stops it in order. */
export const runChild = ({ script, args = [], env, onLine }: Program): RunningChild => {
  const child = spawn(process.execPath, ['--import', STOP_WITH_PARENT, script, ...args], {
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
    const late = pause(STOP_TIMEOUT_MS, 'late', { signal: timer.signal }).catch(() => undefined);
    if ((await Promise.race([exited, late])) === 'late') child.kill('SIGKILL');
    timer.abort();
    await exited;
  };
  return { child, pid: child.pid ?? 0, exited, stop, kill: () => void child.kill('SIGKILL') };
};

interface HealthCheck {
  /** Answers 200 when the process is ready. */
  readonly url: string;
  readonly exited: Promise<string>;
  readonly signal: AbortSignal;
}

const POLL_MS = 50;
const ANSWER_TIMEOUT_MS = 5000;
const READY_TIMEOUT_MS = 60_000;

const ask = async (url: string, signal: AbortSignal): Promise<string> => {
  try {
    const answer = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_TIMEOUT_MS)]) });
    return answer.ok ? 'healthy' : `${answer.status} ${await answer.text()}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

/** Resolves when `url` answers 200; rejects after 60 s with the last answer, or at once when the process has ended. */
export const waitUntilHealthy = async ({ url, exited, signal }: HealthCheck): Promise<void> => {
  let ended: string | undefined;
  void exited.then((how) => (ended = how));
  const deadline = performance.now() + READY_TIMEOUT_MS;
  let answer = '';
  while (performance.now() < deadline) {
    answer = await ask(url, signal);
    signal.throwIfAborted();
    if (ended !== undefined) throw new Error(`it ended with ${ended}; its last lines are above`);
    if (answer === 'healthy') return;
    await pause(POLL_MS);
  }
  throw new Error(`it is not ready after ${READY_TIMEOUT_MS / 1000} s (${answer})`);
};
