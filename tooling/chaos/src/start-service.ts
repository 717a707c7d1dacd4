import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runApp } from '@moonlight/e2e/run-app';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@moonlight/embedded-postgres';
import { type RunningRedis, startRedis } from '@moonlight/redis/testing';
import { runChild } from '@moonlight/start';
import { freePort } from '@moonlight/test-servers';
import pg from 'pg';

export type QueueKind = 'PostgreSQL' | 'Redis';

/** A mail that the mail server has taken. */
export interface Arrival {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly to: string;
  readonly messageId: string;
}

/** Something that can be killed, and comes back with what it had written to disk. */
export interface Victim {
  readonly name: string;
  readonly kill: () => Promise<void>;
  readonly restart: () => Promise<void>;
}

/** The service in processes of its own: an API, two workers, and what they need. */
export interface ChaosService {
  readonly url: () => string;
  readonly victims: readonly Victim[];
  readonly arrivals: () => Promise<Arrival[]>;
  /** Ends the leases of the workers that were killed; only while no worker runs. */
  readonly endLeases: () => Promise<void>;
  readonly close: () => Promise<void>;
}

const UNLIMITED = '999999999';
const WORKERS = 2;

const settings = (databaseUrl: string, smtpPort: number, redisUrl: string | undefined): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  APP_ENV: 'production', // `runApp` reads the address from a JSON line of level `info`.
  PUBLIC_URL: 'https://accounts.example.com',
  FRONTEND_URL: 'https://app.example.com',
  MIGRATE_ON_START: 'true',
  SHUTDOWN_DELAY_SECONDS: '0',
  SECRET_KEY: 'a secret for tests that guards nothing at all',
  PORT: '0',
  WORKER_PORT: '0',
  DATABASE_URL: databaseUrl,
  ...(redisUrl === undefined ? {} : { REDIS_URL: redisUrl }),
  MAIL_SERVER: '127.0.0.1',
  MAIL_PORT: String(smtpPort),
  MAIL_USE_SSL: 'false',
  CAPTCHA_PROVIDER: 'none',
  REGISTRATIONS_PER_IP_PER_HOUR: UNLIMITED,
  MAILS_PER_IP_PER_HOUR: UNLIMITED,
  ARGON2_MEMORY_KIB: '8192',
  ARGON2_ITERATIONS: '1',
});

const startCatcher = async (port: number, file: string) => {
  const listening = Promise.withResolvers<void>();
  const child = runChild({
    script: join(import.meta.dirname, 'smtp-catcher.ts'),
    args: [String(port), file],
    env: { PATH: process.env['PATH'] },
    onLine: () => listening.resolve(),
  });
  await listening.promise;
  return child;
};

const readArrivals = async (file: string): Promise<Arrival[]> => {
  const lines = (await readFile(file, 'utf8').catch(() => '')).split('\n').slice(0, -1);
  return lines.map((line) => {
    const [at, to = '', messageId = ''] = line.split(' ');
    return { at: Number(at), to, messageId };
  });
};

interface Part<T> {
  readonly name: string;
  readonly start: () => Promise<T>;
  readonly kill: (running: T) => unknown;
  readonly stop: (running: T) => Promise<unknown>;
}

/** Starts a part of the service; `closing` stops what runs of it in the end. */
const startPart = async <T>(closing: AsyncDisposableStack, { name, start, kill, stop }: Part<T>) => {
  let running = await start();
  closing.defer(async () => void (await stop(running)));
  const victim: Victim = {
    name,
    kill: async () => void (await kill(running)),
    restart: async () => {
      running = await start();
    },
  };
  return { victim, current: () => running };
};

const killPostgres = async (postgres: EmbeddedPostgres): Promise<void> => {
  process.kill(postgres.pid, 'SIGQUIT'); // An immediate shutdown.
  await postgres.exited;
  await postgres.stop();
};

const endLeases = async (databaseUrl: string): Promise<void> => {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query("update outbox set due_at = now() where state = 'sending'");
  await client.end();
};

const startStores = async (closing: AsyncDisposableStack, queue: QueueKind) => {
  const folder = await mkdtemp(join(tmpdir(), 'moonlight-chaos-'));
  closing.defer(() => rm(folder, { recursive: true, force: true }));
  const [port, redisPort, smtpPort] = [await freePort(), await freePort(), await freePort()];
  const file = join(folder, 'mails');
  const postgres = await startPart(closing, {
    name: 'PostgreSQL',
    start: () => startEmbeddedPostgres({ dataDir: join(folder, 'database'), port }),
    kill: killPostgres,
    stop: (server) => server.stop(),
  });
  const redis = {
    name: 'Redis',
    start: () => startRedis({ port: redisPort }),
    kill: (server: RunningRedis) => server.kill(),
    stop: (server: RunningRedis) => server.stop(),
  };
  const catcher = await startPart(closing, {
    name: 'mail server',
    start: () => startCatcher(smtpPort, file),
    kill: async (server) => {
      server.kill();
      await server.exited;
    },
    stop: (server) => server.stop(),
  });
  return { postgres, catcher, redis: queue === 'Redis' ? await startPart(closing, redis) : undefined, smtpPort, file };
};

/** Starts everything on new data. PostgreSQL writes commits to disk. */
export const startService = async (queue: QueueKind): Promise<ChaosService> => {
  const closing = new AsyncDisposableStack();
  const { postgres, catcher, redis, smtpPort, file } = await startStores(closing, queue);
  const { url: databaseUrl } = postgres.current();
  const env = settings(databaseUrl, smtpPort, redis?.current().url);
  const api = await startPart(closing, {
    name: 'API',
    start: () => runApp('api', env),
    kill: (app) => app.kill(),
    stop: (app) => app.stop(),
  });
  const workers = await startPart(closing, {
    name: 'workers',
    start: () => Promise.all(Array.from({ length: WORKERS }, () => runApp('worker', env))),
    kill: (apps) => Promise.all(apps.map((app) => app.kill())),
    stop: (apps) => Promise.all(apps.map((app) => app.stop())),
  });
  return {
    url: () => api.current().url,
    victims: [api, workers, postgres, catcher, ...(redis === undefined ? [] : [redis])].map(({ victim }) => victim),
    arrivals: () => readArrivals(file),
    endLeases: () => endLeases(databaseUrl),
    close: () => closing.disposeAsync(),
  };
};
