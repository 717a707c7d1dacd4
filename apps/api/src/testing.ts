import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import type { AuthDeps } from '@moonlight/auth';
import { readOutbox, type TestClock, testClock } from '@moonlight/auth/testing';
import { loadConfig } from '@moonlight/config';
import { createTestDatabase, type TestDatabase } from '@moonlight/db/testing';
import { callTimeouts, createLogger, createRuntime } from '@moonlight/runtime';
import { buildServer } from './build-server.ts';
import type { ConnectionLimits } from './http/connections.ts';

export type { TestClock };
export { type Answer, ask, createAccount, mutate, PASSWORD, query, type TestAccount } from './testing/requests.ts';

type Mail = Awaited<ReturnType<typeof readOutbox>>[number];

/** A clock that stands still until a test advances it. It starts now, because clients check tokens by the real time. */
export const createTestClock = (start: Date = new Date()): TestClock => testClock(start);

export interface TestServer {
  /** Without a trailing slash; also the issuer of its tokens. */
  readonly url: string;
  readonly deps: AuthDeps;
  readonly database: TestDatabase;
  /** The queued mails, decrypted, oldest first. A test server has no worker, so they stay in the outbox. */
  mails(): Promise<Mail[]>;
  /** The newest mail of a kind to an address. Throws if there is none. */
  lastMail<K extends Mail['kind']>(kind: K, to: string): Promise<Extract<Mail, { kind: K }>>;
  /** Like SIGTERM, until the listener closes. */
  prepareToStop(): void;
  close(): Promise<void>;
}

interface TestServerOptions {
  /** Variables of the configuration. They win over the defaults of tests (see testConfig). */
  readonly env?: Readonly<Record<string, string>>;
  readonly overrides?: Partial<AuthDeps>;
  /** Resolves to the URL under which the server reaches its database, such as that of a proxy. */
  readonly connectVia?: (databaseUrl: string) => Promise<string>;
  /** Shorter timeouts and fewer connections than the service has. */
  readonly connections?: ConnectionLimits;
}

const listenOnFreePort = async (): Promise<{ handle: Server; port: number }> => {
  const handle = createServer().listen(0, '127.0.0.1');
  await once(handle, 'listening');
  const address = handle.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP port was expected');
  return { handle, port: address.port };
};

const testConfig = (url: string, databaseUrl: string, env: TestServerOptions['env']) =>
  loadConfig({
    APP_ENV: 'test',
    SECRET_KEY: 'a secret for tests that protects nothing at all',
    PUBLIC_URL: url,
    DATABASE_URL: databaseUrl,
    DATABASE_POOL_SIZE: '5',
    LOG_LEVEL: 'silent',
    // The least that the configuration allows, so that hashing does not slow the tests down.
    ARGON2_MEMORY_KIB: '8192',
    ARGON2_ITERATIONS: '1',
    ...env,
  });

const isOf =
  <K extends Mail['kind']>(kind: K, to: string) =>
  (mail: Mail): mail is Extract<Mail, { kind: K }> =>
    mail.kind === kind && mail.to === to;

/**
 * Starts the real server on a free port of 127.0.0.1 and a new database. The server must know its port before it is built,
 * because tokens contain its address. So the port is opened first and then handed over, and no other process can take it.
 */
export const startTestServer = async (options: TestServerOptions = {}): Promise<TestServer> => {
  const { env, overrides, connections, connectVia } = options;
  const database = await createTestDatabase();
  const databaseUrl = (await connectVia?.(database.url)) ?? database.url;
  const { handle, port } = await listenOnFreePort();
  const url = `http://127.0.0.1:${port}`;
  const config = testConfig(url, databaseUrl, env);
  const log = createLogger(config, 'api');
  const runtime = await createRuntime({
    config,
    log,
    databaseUrl,
    timeouts: callTimeouts,
    ...(overrides === undefined ? {} : { overrides }),
  });
  const stopping = new AbortController();
  const { app } = await buildServer({ config, log, ...runtime, connections, stopping: stopping.signal });
  await app.ready();
  app.server.listen(handle);
  await once(app.server, 'listening');

  const { deps } = runtime.auth;
  const mails = () => readOutbox(deps);
  return {
    url,
    deps,
    database,
    mails,
    lastMail: async (kind, to) => {
      const mail = (await mails()).findLast(isOf(kind, to));
      if (mail === undefined) throw new Error(`no mail of kind ${kind} is queued for ${to}`);
      return mail;
    },
    prepareToStop: () => stopping.abort(),
    close: async () => {
      await app.close();
      await runtime.close();
      await database.drop();
    },
  };
};
