import { once } from 'node:events';
import { join } from 'node:path';
import { repositoryRoot } from '@moonlight/build';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@moonlight/embedded-postgres';
import { runChild, type Running, type RunningChild, waitUntilHealthy } from './run-child.ts';
import type { Terminal } from './terminal.ts';

/** A process that `npm start` starts and keeps running. */
export interface Service {
  readonly name: string;
  /** Resolves when it is ready. Rejects with a sentence, and then no process of it is left. */
  readonly start: (signal: AbortSignal) => Promise<Running>;
}

const INBOX = join(repositoryRoot, 'tooling', 'start', 'src', 'inbox', 'main.ts');

const readyOrStopped = async (running: RunningChild, ready: Promise<unknown>): Promise<RunningChild> => {
  try {
    await ready;
    return running;
  } catch (error) {
    await running.stop();
    throw error;
  }
};

/** A program that serves HTTP. */
export interface App {
  readonly name: string;
  readonly script: string;
  readonly args?: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Answers 200 when the app is ready. */
  readonly healthUrl: string;
}

/** An app as a service. */
export const appService = ({ name, script, args, env, healthUrl }: App, terminal: Terminal): Service => ({
  name,
  start: (signal) => {
    const running = runChild({ script, args, env, onLine: (line) => terminal.pass(name, line) });
    return readyOrStopped(running, waitUntilHealthy({ url: healthUrl, exited: running.exited, signal }));
  },
});

/** The dev inbox, on the ports that `env` sets. */
export const inboxService = (env: NodeJS.ProcessEnv, terminal: Terminal): Service => ({
  name: 'inbox',
  start: (signal) => {
    const running = runChild({ script: INBOX, env, onLine: (line) => terminal.pass('inbox', line) });
    const failed = running.exited.then((how) => {
      throw new Error(`it ended with ${how}; its last lines are above`);
    });
    return readyOrStopped(running, Promise.race([once(running.child, 'message', { signal }), failed]));
  },
});

interface PostgresService extends Service {
  /** The URL that the apps connect to. Known after the first start, and the same after a restart. */
  readonly url: () => string;
}

// PostgreSQL's notices, and errors that the apps cause and handle, are left out.
const IMPORTANT = /(?:FATAL|PANIC):/;

const asRunning = (postgres: EmbeddedPostgres): Running => ({
  pid: postgres.pid,
  // Stopping a PostgreSQL that has crashed releases its folder.
  exited: postgres.exited.then(async () => {
    await postgres.stop();
    return 'crash';
  }),
  stop: postgres.stop,
  // Only the immediate shutdown (SIGQUIT) also ends PostgreSQL's own child processes.
  kill: () => void process.kill(postgres.pid, 'SIGQUIT'),
});

/** The embedded PostgreSQL in `dataDir`. */
export const postgresService = (dataDir: string, terminal: Terminal): PostgresService => {
  let current: EmbeddedPostgres | undefined;
  const started = (): EmbeddedPostgres => {
    if (current === undefined) throw new Error('PostgreSQL has not been started');
    return current;
  };
  let isStarting = true;
  const log = (line: string): void => {
    if (isStarting ? !line.includes('LOG:') : IMPORTANT.test(line)) terminal.pass('postgres', line);
  };
  return {
    name: 'postgres',
    start: async (signal) => {
      isStarting = true;
      // After a crash it must listen on the port that the apps know.
      current = await startEmbeddedPostgres({ dataDir, port: current?.port, signal, log });
      isStarting = false;
      return asRunning(current);
    },
    url: () => started().url,
  };
};
