import type { BundledApp } from '@moonlight/build';
import { createTestDatabase } from '@moonlight/db/testing';
import { buildAppsOnce } from './stack/build-apps-once.ts';
import { type Mailbox, openMailbox } from './stack/open-mailbox.ts';
import { openSql, type Sql } from './stack/open-sql.ts';
import { type RunningApp, runApp } from './stack/run-app.ts';
import { until } from './until.ts';

export type Env = Readonly<Record<string, string>>;

export interface StackOptions {
  /** Variables of the configuration; they win over what suits a journey (see below). */
  readonly env?: Env;
  /** How many of each to start; one unless told. */
  readonly apis?: number;
  readonly workers?: number;
  /** A database to use instead of a fresh one. */
  readonly databaseUrl?: string;
}

/** The service as it runs elsewhere: processes, a database, a mail server. */
export interface Stack extends AsyncDisposable {
  /** Where the first API answers. */
  readonly url: string;
  /** All that were started, also those that have ended since. */
  readonly apis: readonly RunningApp[];
  readonly workers: readonly RunningApp[];
  readonly mailbox: Mailbox;
  readonly databaseUrl: string;
  readonly sql: Sql;
  /** Starts one more, with other variables where they are given. */
  start(name: BundledApp, env?: Env): Promise<RunningApp>;
  /** Waits until no mail is pending any more. */
  mailsSettled(): Promise<void>;
  /** Everything all processes have written, the ended ones included. */
  output(): string;
  close(): Promise<void>;
}

export const PUBLIC_URL = 'https://accounts.example.com';
export const FRONTEND_URL = 'https://app.example.com';

/** Production, apart from hashes that cost no more than they must and limits that a whole test file shares. */
const baseEnv = (databaseUrl: string, smtpPort: number): NodeJS.ProcessEnv => ({
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
  ARGON2_MEMORY_KIB: '8192',
  ARGON2_ITERATIONS: '1',
});

const startMany = (count: number, start: () => Promise<RunningApp>): Promise<RunningApp[]> =>
  Promise.all(Array.from({ length: count }, start));

/**
 * Starts the bundled apps as processes of their own on free ports, with a database and a mailbox that nobody else has, and
 * resolves when all are ready. `close`, or `await using`, stops them, and rejects when one of them did not end cleanly.
 */
export const startStack = async ({ env, apis = 1, workers = 1, databaseUrl }: StackOptions = {}): Promise<Stack> => {
  const [mailbox, database] = await Promise.all([
    openMailbox(),
    databaseUrl === undefined ? createTestDatabase() : undefined,
    buildAppsOnce(),
  ]);
  const url = database?.url ?? databaseUrl ?? '';
  const sql = openSql(url);
  const running: Record<BundledApp, RunningApp[]> = { api: [], worker: [] };
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
          const pending = await sql.query("select id, kind, last_error from outbox where state = 'pending'");
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
