import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { chooseAccount } from './account.ts';
import { claimFolder, type Release } from './claim-folder.ts';
import { clusterFolder, ensureCluster, SUPERUSER } from './cluster.ts';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';
import { ensureDatabase } from './ensure-database.ts';
import { stopOrphan } from './postmaster.ts';
import { startServer, type StartedServer } from './start-server.ts';
import { stopServer } from './stop-server.ts';
import { usableBinaries } from './usable-binaries.ts';

/** How to start it. */
export interface EmbeddedPostgresOptions {
  /** A folder this launcher has to itself; made when it is not there. Two starts on one folder: the second is refused. */
  readonly dataDir: string;
  /** Asked for by name: an error when it is taken. 0 takes any. Absent: the first free one from 54320 on. */
  readonly port?: number | undefined;
  /** false gives up safety against a power cut for speed: for tests. */
  readonly durable?: boolean | undefined;
  /** Gets what PostgreSQL says, line by line. */
  readonly log?: ((line: string) => void) | undefined;
  /** Aborting ends a start that is under way and leaves nothing behind; afterwards it has no effect. */
  readonly signal?: AbortSignal | undefined;
}

/** A running PostgreSQL on loopback. */
export interface EmbeddedPostgres {
  /** Connects the owner of everything to the database `moonlight`; holds the password. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Resolves when the server is gone, asked for or not. */
  readonly exited: Promise<void>;
  /** Shuts down fast and waits for it. May be called more than once. */
  readonly stop: () => Promise<void>;
}

const DATABASE = 'moonlight';

const handOver = (server: StartedServer, url: string, release: Release): EmbeddedPostgres => {
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
    await ensureDatabase(`${base}/postgres`, DATABASE);
    signal?.throwIfAborted();
    return handOver(server, `${base}/${DATABASE}`, release);
  } catch (error) {
    await stopServer(server);
    throw error;
  }
};

/**
 * Starts the packaged PostgreSQL on `dataDir` and resolves when its database `moonlight` accepts connections.
 *
 * It listens on loopback only, under a random password kept in a file only its owner can read; as root it runs under
 * an unprivileged account. Data persist. A crash of the previous start, of PostgreSQL or of the one who had started it,
 * is cleaned up after. Rejects with an EmbeddedPostgresError, and then nothing it had started is left.
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
      throw new EmbeddedPostgresError('ABORTED', 'The start of PostgreSQL was called off.', { cause: error });
    }
    throw error;
  }
};
