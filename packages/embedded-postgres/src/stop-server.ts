import type { ChildProcess } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import type { Server } from './spawn-server.ts';

const PATIENCE = [
  ['SIGINT', 20_000],
  ['SIGQUIT', 10_000],
  ['SIGKILL', 10_000],
] as const;

/** False for a child that ended, or that never was. */
export const isAlive = (child: ChildProcess): boolean =>
  child.pid !== undefined && child.exitCode === null && child.signalCode === null;

/**
 * Stops a server and waits until it is gone: fast first (open transactions are rolled back, everything is written),
 * harder when that takes too long; what was committed survives each of them.
 */
export const stopServer = async (server: Pick<Server, 'child' | 'exited'>): Promise<void> => {
  const { child, exited } = server;
  for (const [signal, patienceMs] of PATIENCE) {
    if (!isAlive(child)) return;
    child.kill(signal);
    const timer = new AbortController();
    await Promise.race([exited, pause(patienceMs, undefined, { signal: timer.signal }).catch(() => undefined)]);
    timer.abort();
  }
};
