import { type EmbeddedPostgres, startEmbeddedPostgres } from '@moonlight/embedded-postgres';
import type { Running, Service } from './service.ts';
import type { Terminal } from './terminal.ts';

interface PostgresService extends Service {
  /** What the apps connect to; known once it has started, and the same after a restart. */
  readonly url: () => string;
  readonly port: () => number;
}

// What PostgreSQL says in passing, and what the apps provoke and answer for, would drown the rest.
const WORTH_PASSING = /(?:FATAL|PANIC):/;

const asRunning = (postgres: EmbeddedPostgres): Running => ({
  pid: postgres.pid,
  // Stopping what has ended by itself gives its folder back.
  exited: postgres.exited.then(async () => {
    await postgres.stop();
    return 'crash';
  }),
  stop: postgres.stop,
  // It has processes of its own, which only its immediate shutdown takes along.
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
    if (isStarting ? !line.includes('LOG:') : WORTH_PASSING.test(line)) terminal.pass('postgres', line);
  };
  return {
    name: 'postgres',
    start: async (signal) => {
      isStarting = true;
      // Coming back, it must be found where the apps look for it.
      current = await startEmbeddedPostgres({ dataDir, port: current?.port, signal, log });
      isStarting = false;
      return asRunning(current);
    },
    url: () => started().url,
    port: () => started().port,
  };
};
