import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { vi } from 'vitest';
import { repositoryRoot } from '@moonlight/build';

const MAIN = join(repositoryRoot, 'tooling', 'start', 'src', 'main.ts');
const PATIENT = { timeout: 120_000, interval: 50 };

/** Variables that a developer's .env or shell may set and no test may depend on; an empty one counts as not set. */
const UNSET = Object.fromEntries(
  ['APP_ENV', 'DATABASE_URL', 'REDIS_URL', 'MAIL_SERVER', 'MAIL_USERNAME', 'SMTP_HOST', 'PUBLIC_URL'].map((name) => [
    name,
    '',
  ]),
);

/** An environment with any free ports and without the developer's settings. */
export const testEnv = (dataDir: string): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  HOME: process.env['HOME'],
  ...UNSET,
  DATA_DIR: dataDir,
  PORT: '0',
  WEB_PORT: '0',
  INBOX_PORT: '0',
  INBOX_SMTP_PORT: '0',
});

/** `pid` and the ids of all its descendants. */
export const familyOf = (pid: number): number[] => {
  const rows = execFileSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n');
  const children = rows.map((row) => row.trim().split(/\s+/).map(Number)).filter(([, parent]) => parent === pid);
  return [pid, ...children.flatMap(([child = 0]) => familyOf(child))];
};

/** Whether a process runs; a zombie does not. */
export const isAlive = (pid: number): boolean => {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout.trim() !== '' && !stdout.trim().startsWith('Z');
};

/** A run of `npm start` without npm. */
export class Run {
  readonly child: ChildProcess;
  output = '';

  constructor(env: NodeJS.ProcessEnv, command: readonly [string, ...string[]] = ['node', MAIN]) {
    const [file, ...args] = command;
    this.child = spawn(file, args, { env, cwd: repositoryRoot, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    const collect = (chunk: Buffer): void => void (this.output += chunk.toString());
    this.child.stdout?.on('data', collect);
    this.child.stderr?.on('data', collect);
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Waits until the output contains `text`; fails with the output after two minutes. */
  async says(text: string | RegExp): Promise<void> {
    await vi.waitFor(() => {
      const found = typeof text === 'string' ? this.output.includes(text) : text.test(this.output);
      if (!found) throw new Error(`the output does not contain ${text}:\n${this.output}`);
    }, PATIENT);
  }

  /** The address of `name` in the summary. */
  async address(name: string): Promise<string> {
    await this.says('is running after');
    return new RegExp(`${name}\\s+(http\\S+)`).exec(this.output)?.[1] ?? '';
  }

  /** Waits for the end and resolves with the exit code or the signal that ended it. */
  async ended(): Promise<number | NodeJS.Signals | null> {
    const { child } = this;
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    return child.exitCode ?? child.signalCode;
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | NodeJS.Signals | null> {
    this.child.kill(signal);
    return this.ended();
  }
}
