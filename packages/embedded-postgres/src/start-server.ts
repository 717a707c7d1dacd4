import { setTimeout as pause } from 'node:timers/promises';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';
import { findFreePort } from './find-free-port.ts';
import { readPostmaster } from './postmaster.ts';
import { spawnServer, type Server, type ServerOptions } from './spawn-server.ts';
import { isAlive, stopServer } from './stop-server.ts';

interface StartOptions extends Omit<ServerOptions, 'port'> {
  readonly port: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface StartedServer extends Server {
  readonly port: number;
  readonly pid: number;
}

const FIRST_PORT = 54_320;
const POLL_MS = 25;
// Replaying the log after a crash takes its time; a server that says nothing for this long will not come.
const PATIENCE_MS = 120_000;
// After a crash the orphaned backends hold the shared memory for a moment, and a free port may be lost to a neighbour.
const ATTEMPTS = 4;
const PAUSE_MS = 250;

/** Waits for `server` to say it is ready; false when it ended or time ran out. */
const becomesReady = async (server: Server, { cluster, signal }: StartOptions): Promise<boolean> => {
  for (let waited = 0; waited < PATIENCE_MS && isAlive(server.child); waited += POLL_MS) {
    signal?.throwIfAborted();
    const postmaster = await readPostmaster(cluster);
    if (postmaster?.ready === true && postmaster.pid === server.child.pid) return true;
    await Promise.race([server.exited, pause(POLL_MS)]);
  }
  return false;
};

const attempt = async (options: StartOptions): Promise<StartedServer | string> => {
  const port = await findFreePort(options.port, FIRST_PORT);
  const server = await spawnServer({ ...options, port });
  try {
    const ready = await becomesReady(server, options);
    if (ready && server.child.pid !== undefined) return { ...server, port, pid: server.child.pid };
  } catch (error) {
    await stopServer(server);
    throw error;
  }
  await stopServer(server);
  return server.said();
};

/** Starts PostgreSQL on an existing cluster and resolves when it accepts connections. */
export const startServer = async (options: StartOptions): Promise<StartedServer> => {
  let said = '';
  for (let tries = 1; tries <= ATTEMPTS; tries += 1) {
    const outcome = await attempt(options);
    if (typeof outcome !== 'string') return outcome;
    said = outcome;
    if (tries < ATTEMPTS) await pause(tries * PAUSE_MS);
  }
  throw new EmbeddedPostgresError('FAILED', `PostgreSQL does not start. It said:\n${said}`);
};
