import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import pg from 'pg';
import { chooseAccount } from './account.ts';
import { usableBinaries } from './binaries.ts';
import { claimFolder, type Release } from './claim-folder.ts';
import { clusterFolder, ensureCluster, SUPERUSER } from './cluster.ts';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';
import { stopOrphan } from './postmaster.ts';
import { stopServer } from './server.ts';
import { type StartedServer, startServer } from './start-server.ts';

export interface EmbeddedPostgresOptions {
  /** A folder for this launcher alone, created if it does not exist. A second start on the same folder is refused. */
  readonly dataDir: string;
  /** The port; an error if it is in use. 0 means any free port, undefined the first free one from 54320 on. */
  readonly port?: number | undefined;
  /** `false` is faster but may lose data in a power cut: for tests. */
  readonly durable?: boolean | undefined;
  /** Receives PostgreSQL's log, line by line. */
  readonly log?: ((line: string) => void) | undefined;
  /** Aborting ends a start in progress and leaves no process and no lock; after the start it has no effect. */
  readonly signal?: AbortSignal | undefined;
}

/** A running PostgreSQL on loopback. */
export interface EmbeddedPostgres {
  /** Connects the superuser to the database `moonlight`. Contains the password. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Resolves when the server has ended, stopped or crashed. */
  readonly exited: Promise<void>;
  /** Stops the server and waits until it has ended. May be called more than once. */
  readonly stop: () => Promise<void>;
}

const DATABASE = 'moonlight';

const ensureDatabase = async (adminUrl: string): Promise<void> => {
  const client = new pg.Client({ connectionString: adminUrl });
  // Without a listener, a connection that breaks would end the process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${client.escapeIdentifier(DATABASE)}`);
  } finally {
    await client.end();
  }
};

const toRunning = (server: StartedServer, url: string, release: Release): EmbeddedPostgres => {
  const stop = async (): Promise<void> => {
    await stopServer(server);
    release();
  };
  return { url, port: server.port, pid: server.pid, exited: server.exited, stop };
};

const start = async (
  options: EmbeddedPostgresOptions,
  dataDir: string,
  release: Release,
): Promise<EmbeddedPostgres> => {
  const { durable = true, log = () => undefined, port, signal } = options;
  const account = await chooseAccount(clusterFolder(dataDir));
  const binaries = await usableBinaries(account, dataDir);
  const cluster = await ensureCluster({ dataDir, binaries, account, durable, signal });
  await stopOrphan(cluster.folder, log);
  const server = await startServer({ binaries, cluster: cluster.folder, account, port, durable, log, signal });
  try {
    const base = `postgresql://${SUPERUSER}:${cluster.password}@127.0.0.1:${server.port}`;
    await ensureDatabase(`${base}/postgres`);
    signal?.throwIfAborted();
    return toRunning(server, `${base}/${DATABASE}`, release);
  } catch (error) {
    await stopServer(server);
    throw error;
  }
};

/**
 * Starts the packaged PostgreSQL on `dataDir` and resolves when its database `moonlight` accepts connections.
 *
 * It listens on loopback only, with a random password in a file that only its owner can read. Started by root, it runs
 * under an unprivileged account. Data persists. It recovers from a crash of PostgreSQL or of the process that had started it.
 * Rejects with an EmbeddedPostgresError (its codes: IN_USE, PORT_TAKEN, UNSUPPORTED, ABORTED, FAILED) after stopping what
 * it had started.
 */
export const startEmbeddedPostgres = async (options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> => {
  const dataDir = resolve(options.dataDir);
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const release = await claimFolder(dataDir);
  try {
    return await start(options, dataDir, release);
  } catch (error) {
    release();
    if (options.signal?.aborted === true) {
      throw new EmbeddedPostgresError('ABORTED', 'The start of PostgreSQL was aborted.', { cause: error });
    }
    throw error;
  }
};
