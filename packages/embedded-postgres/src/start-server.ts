import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';
import { readPostmaster } from './postmaster.ts';
import { isAlive, type Server, type ServerOptions, spawnServer, stopServer } from './server.ts';

interface StartOptions extends Omit<ServerOptions, 'port'> {
  readonly port: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface StartedServer extends Server {
  readonly port: number;
  readonly pid: number;
}

const FIRST_PORT = 54_320;
const HIGHEST_PORT = 65_535;
const POLL_MS = 25;
// Replaying the log after a crash takes time. A server that is not ready after this long has failed.
const READY_WITHIN_MS = 120_000;
// After a crash, orphaned backends hold the shared memory for a moment. Another process may also take the free port.
const ATTEMPTS = 4;
const PAUSE_MS = 250;

/** The port that the system assigned for `port` on loopback (0: any), or undefined if it is in use. */
const probe = (port: number): Promise<number | undefined> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' ? address?.port : undefined));
    });
  });

/**
 * A free loopback port: `requested` itself (0: any), or without it the first free one from FIRST_PORT on. Throws PORT_TAKEN.
 * The port is not reserved: another process may take it before the caller binds it.
 */
const findFreePort = async (requested: number | undefined): Promise<number> => {
  if (requested !== undefined) {
    const port = await probe(requested);
    if (port === undefined) throw new EmbeddedPostgresError('PORT_TAKEN', `Port ${requested} is in use.`);
    return port;
  }
  for (let port = FIRST_PORT; port <= HIGHEST_PORT; port += 1) {
    if ((await probe(port)) !== undefined) return port;
  }
  throw new EmbeddedPostgresError('PORT_TAKEN', `Every port from ${FIRST_PORT} on is in use.`);
};

/** Waits until `server` is ready; false if it ended or took too long. */
const becomesReady = async (server: Server, { cluster, signal }: StartOptions): Promise<boolean> => {
  for (let waited = 0; waited < READY_WITHIN_MS && isAlive(server.child); waited += POLL_MS) {
    signal?.throwIfAborted();
    const postmaster = await readPostmaster(cluster);
    if (postmaster?.ready === true && postmaster.pid === server.child.pid) return true;
    await Promise.race([server.exited, pause(POLL_MS)]);
  }
  return false;
};

/** One attempt: the server, or the last lines of one that failed. */
const attempt = async (options: StartOptions): Promise<StartedServer | string> => {
  const port = await findFreePort(options.port);
  const server = await spawnServer({ ...options, port });
  try {
    const ready = await becomesReady(server, options);
    if (ready && server.child.pid !== undefined) return { ...server, port, pid: server.child.pid };
  } catch (error) {
    await stopServer(server);
    throw error;
  }
  await stopServer(server);
  return server.output();
};

/** Starts PostgreSQL on an existing cluster and resolves when it accepts connections. Throws PORT_TAKEN or FAILED. */
export const startServer = async (options: StartOptions): Promise<StartedServer> => {
  let output = '';
  for (let tries = 1; tries <= ATTEMPTS; tries += 1) {
    const outcome = await attempt(options);
    if (typeof outcome !== 'string') return outcome;
    output = outcome;
    if (tries < ATTEMPTS) await pause(tries * PAUSE_MS);
  }
  throw new EmbeddedPostgresError('FAILED', `PostgreSQL does not start. Its last lines:\n${output}`);
};
