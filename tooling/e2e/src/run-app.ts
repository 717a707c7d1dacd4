import { join } from 'node:path';
import { type ServiceApp, bundleOf, ensureBuilt, repositoryRoot } from '@moonlight/build';
import { runChild, waitUntilHealthy } from '@moonlight/start';
import pg from 'pg';

/** The folder of the frontend once it has been built. */
export const PAGES = join(repositoryRoot, 'apps', 'web', 'dist');

const LOCK = 7_264_001;

const buildUnlessDone = async (database: pg.Client): Promise<void> => {
  await database.query('select pg_advisory_lock($1)', [LOCK]);
  const { rows } = await database.query("select to_regclass('apps_are_built') is not null as done");
  if (rows[0].done) return;
  await ensureBuilt(AbortSignal.timeout(60_000));
  await database.query('create table apps_are_built ()');
};

/**
 * Builds the apps from the sources as they are now, once in a test run and only if they have changed. Test files run in
 * separate processes that share only the run's PostgreSQL: under its advisory lock one of them builds and the others wait.
 * PostgreSQL releases the lock of a process that crashes.
 */
export const buildAppsOnce = async (): Promise<void> => {
  const database = new pg.Client({ connectionString: process.env['TEST_DATABASE_URL'] });
  await database.connect();
  try {
    await buildUnlessDone(database);
  } finally {
    await database.end();
  }
};

/** An API or a worker that runs in its own process. */
export interface RunningApp {
  readonly pid: number;
  /** The API's address; for a worker, the address of its health and metrics. */
  readonly url: string;
  readonly isRunning: () => boolean;
  /** Everything it has written so far. */
  output(): string;
  /** Kills it without a chance to clean up, like a power cut, and waits until it has ended. */
  kill(): Promise<void>;
  /** Asks it to stop and waits until it has; rejects when it did not end with exit code 0. */
  stop(): Promise<void>;
}

// The line in which an app names its port: Fastify's sentence for the API, an address object for the worker.
const PORT = /listening at http:\/\/127\.0\.0\.1:(\d+)|"family":"IPv4","port":(\d+)/;

/** Starts an app on a free port and resolves when it reports to be ready. Rejects with its output when it ends instead. */
export const runApp = async (name: ServiceApp, env: NodeJS.ProcessEnv): Promise<RunningApp> => {
  const lines: string[] = [];
  const listening = Promise.withResolvers<string>();
  const onLine = (line: string): void => {
    lines.push(line);
    const found = PORT.exec(line);
    if (found !== null) listening.resolve(`http://127.0.0.1:${found[1] ?? found[2]}`);
  };
  const output = (): string => lines.join('\n');
  const child = runChild({ script: bundleOf(name), env, onLine });
  const { exited } = child;
  let isRunning = true;
  void exited.then((how) => {
    isRunning = false;
    listening.reject(new Error(`the ${name} ended with ${how}:\n${output()}`));
  });
  const url = await listening.promise;
  await waitUntilHealthy({ url: `${url}/health/ready`, exited, signal: AbortSignal.timeout(30_000) });
  let isKilled = false;
  return {
    pid: child.pid,
    url,
    isRunning: () => isRunning,
    output,
    kill: async () => {
      isKilled = true;
      child.kill();
      await exited;
    },
    stop: async () => {
      if (isKilled) return;
      await child.stop();
      const how = await exited;
      if (how !== 'exit code 0') throw new Error(`the ${name} ended with ${how}:\n${output()}`);
    },
  };
};
