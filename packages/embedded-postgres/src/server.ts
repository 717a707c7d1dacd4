import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { type Account, childOptions, shareFolder } from './account.ts';

export interface ServerOptions {
  readonly binaries: string;
  readonly cluster: string;
  readonly account: Account;
  readonly port: number;
  readonly durable: boolean;
  readonly log: (line: string) => void;
}

/** A postgres process. */
export interface Server {
  readonly child: ChildProcess;
  readonly exited: Promise<void>;
  /** The last lines that it wrote. */
  readonly output: () => string;
}

const KEPT_LINES = 12;

/** Command-line settings: they also apply to old clusters, and no file is edited. Sized for a developer's machine. */
const settingsOf = ({ port, durable }: ServerOptions): string[] => {
  const settings: Record<string, string | number> = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    max_connections: 200,
    shared_buffers: '128MB',
    timezone: 'UTC',
    log_timezone: 'UTC',
    lc_messages: 'C',
    logging_collector: 'off',
    log_checkpoints: 'off',
    // There is no replication, and compilation does not pay for short queries.
    wal_level: 'minimal',
    max_wal_senders: 0,
    jit: 'off',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
};

/** Starts a postgres process and does not wait until it accepts connections. */
export const spawnServer = async (options: ServerOptions): Promise<Server> => {
  const { account, binaries, cluster, log } = options;
  const folder = await shareFolder(cluster, account);
  const child = spawn(join(binaries, 'bin', 'postgres'), ['-D', folder.path, ...settingsOf(options)], {
    ...childOptions(account),
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe', ...folder.descriptors],
  });
  await folder.close();
  const lines: string[] = [];
  if (child.stderr) {
    createInterface({ input: child.stderr }).on('line', (line) => {
      if (lines.push(line) > KEPT_LINES) lines.shift();
      log(line);
    });
  }
  // For a process that exits without having stopped the server.
  const atExit = (): boolean => child.kill('SIGINT');
  process.once('exit', atExit);
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', (error) => {
      lines.push(error.message);
      resolve();
    });
  });
  void exited.then(() => process.off('exit', atExit));
  return { child, exited, output: () => lines.join('\n') };
};

/** Whether a child process was started and has not ended. */
export const isAlive = (child: ChildProcess): boolean =>
  child.pid !== undefined && child.exitCode === null && child.signalCode === null;

const PATIENCE = [
  ['SIGINT', 20_000],
  ['SIGQUIT', 10_000],
  ['SIGKILL', 10_000],
] as const;

/**
 * Stops a server and waits until it has ended. The first signal is a fast shutdown (open transactions are rolled back,
 * everything is written); harder signals follow if it takes too long. Committed data survives all of them.
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
