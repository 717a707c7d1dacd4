import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';
import { processIdentity } from './process-identity.ts';

/** What a running PostgreSQL says of itself in its data folder. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  readonly ready: boolean;
}

const PID_FILE = 'postmaster.pid';
const POLL_MS = 25;
// A checkpoint of a busy developer's database takes seconds; without one, the next start recovers.
const FAST_SHUTDOWN_MS = 20_000;
const IMMEDIATE_SHUTDOWN_MS = 10_000;

/** Reads postmaster.pid (a line each: pid, folder, start, port, socket, address, shared memory, status). */
export const readPostmaster = async (cluster: string): Promise<Postmaster | undefined> => {
  const text = await readFile(join(cluster, PID_FILE), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const lines = text.split('\n');
  return { pid: Number(lines[0]), port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' };
};

/** A pid alone proves nothing: it may have been given to somebody else since. */
const isPostgresOf = (cluster: string, pid: number): boolean => {
  try {
    if (process.platform !== 'linux') {
      return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).includes(cluster);
    }
    const standsIn = readlinkSync(`/proc/${pid}/cwd`);
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'postgres' && standsIn === realpathSync(cluster);
  } catch {
    return false;
  }
};

const gone = async (pid: number, withinMs: number): Promise<boolean> => {
  const identity = processIdentity(pid);
  for (let waited = 0; waited < withinMs; waited += POLL_MS) {
    if (identity === undefined || processIdentity(pid) !== identity) return true;
    await pause(POLL_MS);
  }
  return false;
};

/**
 * Ends a PostgreSQL that outlived the process that had started it, and removes a pid file nobody stands behind, which
 * would keep the next one from starting. We do not adopt it: it would not be our child, and nobody would notice it die.
 */
export const stopOrphan = async (cluster: string, log: (line: string) => void): Promise<void> => {
  const orphan = await readPostmaster(cluster);
  if (orphan === undefined) return;
  if (!isPostgresOf(cluster, orphan.pid)) {
    await rm(join(cluster, PID_FILE), { force: true });
    return;
  }
  log(`A PostgreSQL of an earlier start is still running (process ${orphan.pid}); stopping it.`);
  for (const [signal, patience] of [
    ['SIGINT', FAST_SHUTDOWN_MS],
    ['SIGQUIT', IMMEDIATE_SHUTDOWN_MS],
  ] as const) {
    process.kill(orphan.pid, signal);
    if (await gone(orphan.pid, patience)) return;
  }
  throw new EmbeddedPostgresError('FAILED', `PostgreSQL (process ${orphan.pid}) of an earlier start does not stop.`);
};
