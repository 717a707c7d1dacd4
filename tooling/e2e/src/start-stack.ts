import type { ServiceApp } from '@moonlight/build';
import { createTestDatabase } from '@moonlight/db/testing';
import { until } from './concurrency.ts';
import { type Mailbox, openMailbox } from './mailbox.ts';
import { buildAppsOnce, type RunningApp, runApp } from './run-app.ts';
import { openSql, type Sql } from './sql.ts';

export type Env = Readonly<Record<string, string>>;

export interface StackOptions {
  /** Configuration variables; they override the defaults of the tests (`baseEnv` below). */
  readonly env?: Env;
  /** How many of each to start; one by default. */
  readonly apis?: number;
  readonly workers?: number;
  /** A database to use instead of a new one. */
  readonly databaseUrl?: string;
}

/** The service as it runs in production: processes, a database, a mail server. */
export interface Stack extends AsyncDisposable {
  /** The address of the first API. */
  readonly url: string;
  /** All that were started, including those that have ended. */
  readonly apis: readonly RunningApp[];
  readonly workers: readonly RunningApp[];
  readonly mailbox: Mailbox;
  readonly databaseUrl: string;
  readonly sql: Sql;
  /** Starts one more; `env` overrides variables of the stack. */
  start(name: ServiceApp, env?: Env): Promise<RunningApp>;
  /** Waits until no mail is pending. */
  mailsSettled(): Promise<void>;
  /** The output of all processes, including those that have ended. */
  output(): string;
  close(): Promise<void>;
}

export const PUBLIC_URL = 'https://accounts.example.com';
export const FRONTEND_URL = 'https://app.example.com';

/** The configuration of a production service, except for the cheapest password hashes that are allowed. */
export const baseEnv = (databaseUrl: string, smtpPort: number): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  APP_ENV: 'production',
  SECRET_KEY: 'a secret for tests that guards nothing at all',
  PUBLIC_URL,
  FRONTEND_URL,
  PORT: '0',
  DATABASE_URL: databaseUrl,
  DATABASE_POOL_SIZE: '5',
  MAIL_SERVER: '127.0.0.1',
  MAIL_PORT: String(smtpPort),
  MAIL_USE_SSL: 'false',
  LOG_LEVEL: 'debug',
  SHUTDOWN_DELAY_SECONDS: '0',
  ARGON2_MEMORY_KIB: '8192',
  ARGON2_ITERATIONS: '1',
});

const startMany = (count: number, start: () => Promise<RunningApp>): Promise<RunningApp[]> =>
  Promise.all(Array.from({ length: count }, start));

/**
 * Starts the bundled apps in separate processes on free ports, with their own database and mailbox, and resolves when all
 * are ready. `close` (or `await using`) stops them, and rejects when one of them did not end with exit code 0.
 */
export const startStack = async ({ env, apis = 1, workers = 1, databaseUrl }: StackOptions = {}): Promise<Stack> => {
  const [mailbox, database] = await Promise.all([
    openMailbox(),
    databaseUrl === undefined ? createTestDatabase() : undefined,
    buildAppsOnce(),
  ]);
  const url = database?.url ?? databaseUrl ?? '';
  const sql = openSql(url);
  const running: Record<ServiceApp, RunningApp[]> = { api: [], worker: [] };
  const all = (): RunningApp[] => Object.values(running).flat();
  const start: Stack['start'] = async (name, more) => {
    const app = await runApp(name, { ...baseEnv(url, mailbox.smtpPort), ...env, ...more });
    running[name].push(app);
    return app;
  };
  const close = async (): Promise<void> => {
    try {
      await Promise.all(all().map((app) => app.stop()));
    } finally {
      await sql.close();
      await mailbox.close();
      await database?.drop();
    }
  };
  try {
    await Promise.all([startMany(apis, () => start('api')), startMany(workers, () => start('worker'))]);
    return {
      url: running.api[0]?.url ?? '',
      apis: running.api,
      workers: running.worker,
      mailbox,
      databaseUrl: url,
      sql,
      start,
      mailsSettled: () =>
        until(async () => {
          const pending = await sql.query(
            "select id, kind, last_error from outbox where state in ('pending', 'sending')",
          );
          if (pending.length > 0) throw new Error(`mails are still pending: ${JSON.stringify(pending)}`);
        }),
      output: () =>
        all()
          .map((app) => app.output())
          .join('\n'),
      close,
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await close();
    throw error;
  }
};
