import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';

const identityFromProc = (pid: number): string | undefined => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The second field is the command in parentheses, which may contain spaces and parentheses: count from the last one.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state] = fields;
  const startedAt = fields[19];
  return state === 'Z' || state === 'X' ? undefined : startedAt;
};

/**
 * The start time of a process, as the system writes it, which distinguishes it from a later process with the same pid;
 * undefined if no such process is running (a zombie is not).
 */
export const processIdentity = (pid: number): string | undefined => {
  try {
    if (process.platform === 'linux') return identityFromProc(pid);
    const started = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
    return started.trim() || undefined;
  } catch {
    return undefined;
  }
};

/** What a running PostgreSQL writes about itself into its data folder. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  readonly ready: boolean;
}

const PID_FILE = 'postmaster.pid';
const POLL_MS = 25;
// Writing a checkpoint of a developer's database takes seconds. Without one, the next start recovers.
const FAST_SHUTDOWN_MS = 20_000;
const IMMEDIATE_SHUTDOWN_MS = 10_000;

/** Reads postmaster.pid (one per line: pid, folder, start, port, socket, address, shared memory, status). */
export const readPostmaster = async (cluster: string): Promise<Postmaster | undefined> => {
  const text = await readFile(join(cluster, PID_FILE), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const lines = text.split('\n');
  return { pid: Number(lines[0]), port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' };
};

/** Checks more than the pid, which another process may have been given since. */
const isPostgresOf = (cluster: string, pid: number): boolean => {
  try {
    if (process.platform !== 'linux') {
      return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).includes(cluster);
    }
    const workingDirectory = readlinkSync(`/proc/${pid}/cwd`);
    return (
      readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'postgres' && workingDirectory === realpathSync(cluster)
    );
  } catch {
    return false;
  }
};

const endsWithin = async (pid: number, milliseconds: number): Promise<boolean> => {
  const identity = processIdentity(pid);
  for (let waited = 0; waited < milliseconds; waited += POLL_MS) {
    if (identity === undefined || processIdentity(pid) !== identity) return true;
    await pause(POLL_MS);
  }
  return false;
};

/**
 * Stops a PostgreSQL that outlived the process that had started it, and removes the pid file of one that has ended, which
 * would prevent the next start. An orphan is not adopted: it would not be our child, and we would not notice its end.
 */
export const stopOrphan = async (cluster: string, log: (line: string) => void): Promise<void> => {
  const orphan = await readPostmaster(cluster);
  if (orphan === undefined) return;
  if (!isPostgresOf(cluster, orphan.pid)) {
    await rm(join(cluster, PID_FILE), { force: true });
    return;
  }
  log(`A PostgreSQL of an earlier start is still running (process ${orphan.pid}). Stopping it.`);
  for (const [signal, patienceMs] of [
    ['SIGINT', FAST_SHUTDOWN_MS],
    ['SIGQUIT', IMMEDIATE_SHUTDOWN_MS],
  ] as const) {
    process.kill(orphan.pid, signal);
    if (await endsWithin(orphan.pid, patienceMs)) return;
  }
  throw new EmbeddedPostgresError(
    'FAILED',
    `The PostgreSQL of an earlier start (process ${orphan.pid}) does not stop.`,
  );
};
