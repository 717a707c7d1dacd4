import {
  type Auth,
  type AuthDeps,
  type Clock,
  createAuth,
  createCaptcha,
  type DatabaseClock,
  deriveKeys,
  deriveSecrets,
  es256KeyRing,
  hs256KeyRing,
  type LimitsStore,
  type LocalTime,
  localTime,
  fallbackLimitsStore,
  memoryLimitsStore,
  type PasswordHasher,
  passwordHasher,
  postgresLimitsStore,
  startDatabaseClock,
  systemRandom,
  verifiedTokens,
} from '@moonlight/auth';
import type { Config } from '@moonlight/config';
import { type DatabaseClient, openDatabase, type Timeouts } from '@moonlight/db';
import { redisLimitsStore } from '@moonlight/redis';
import { createMailQueue, type QueueDepth } from '@moonlight/queue';
import type { Logger } from 'pino';
import { logConnectionErrors } from './log-connection-errors.ts';
import type { RuntimeStatus } from './runtime-metrics.ts';
import type { Tracer } from './tracing/open-tracer.ts';
import { traceHashes, traceStatements } from './tracing/trace-parts.ts';
import { settleWithin } from './settle-within.ts';

/** The running service. */
export interface Runtime {
  readonly auth: Auth;
  /**
   * The names of the dependencies that do not answer (`database`, `queue`). Takes a few seconds at most; the queue counts as
   * unavailable after `queueTimeoutMs`.
   */
  readonly unready: (queueTimeoutMs?: number) => Promise<string[]>;
  readonly status: () => RuntimeStatus;
  /** Rejects within seconds if the queue does not answer. */
  readonly queueDepth: () => Promise<QueueDepth>;
  readonly tracer: Tracer | undefined;
  /** Waits for calls in progress, a few seconds at most. */
  readonly close: () => Promise<void>;
}

interface Parts {
  readonly config: Config;
  readonly log: Logger;
  readonly databaseUrl: string;
  /** Replaces dependencies: a test passes its clock, a benchmark its hasher. */
  readonly overrides?: Partial<AuthDeps>;
  /** Replaces the clocks of the machine. */
  readonly local?: LocalTime;
  /** Patient ones if omitted; a process that answers calls passes `callTimeouts`. */
  readonly timeouts?: Timeouts;
  /** None if nothing is traced. It is closed with the runtime. */
  readonly tracer?: Tracer | undefined;
}

/** A call that gets no connection, or no answer, is refused within five seconds. */
export const callTimeouts: Timeouts = { connectMs: 2000, statementMs: 2000 };

const STORE_TIMEOUT_MS = 2000;
const MOST_MS = 6000;
const CLOSE_TIMEOUT_MS = 3000;

const openPool = ({ config, log, databaseUrl, timeouts, tracer }: Parts, onError: (error: Error) => void) => {
  const database = openDatabase({
    ...config.database,
    url: databaseUrl,
    onError,
    timeouts,
    onUnnamed: () => log.warn('DATABASE_URL is a pooler that keeps no prepared statements: PostgreSQL plans each call'),
  });
  // Before its first connection.
  if (tracer !== undefined) traceStatements(database.db.$client, tracer);
  return database;
};

const openLimits = ({ config, log }: Parts, { db }: DatabaseClient, clock: Clock) => {
  const redis =
    config.redisUrls === undefined
      ? undefined
      : redisLimitsStore({
          urls: config.redisUrls,
          clock,
          onError: logConnectionErrors(log, 'the connection of the limits store failed'),
        });
  const primary: LimitsStore = redis ?? postgresLimitsStore(db, clock);
  const limits = fallbackLimitsStore(primary, memoryLimitsStore(clock), { timeoutMs: STORE_TIMEOUT_MS, clock, log });
  return { limits, close: async () => redis?.close() };
};

const openClock = async (parts: Parts, { db }: DatabaseClient): Promise<DatabaseClock> => {
  const { log, overrides, local = localTime } = parts;
  const given = overrides?.clock;
  if (given === undefined) return startDatabaseClock({ db, local, log });
  return { now: () => given.now(), close: () => undefined };
};

const openHasher = async ({ config, tracer }: Parts): Promise<PasswordHasher> => {
  const hasher = await passwordHasher(config.argon2);
  return tracer === undefined ? hasher : traceHashes(hasher, tracer);
};

const settingsFrom = ({ app, http, tokens, lifetimes, accounts, limits }: Config): AuthDeps['settings'] => ({
  appName: app.name,
  frontendUrl: http.frontendUrl,
  tokens,
  lifetimes,
  accounts,
  limits,
});

/** Counts the look-ups of access tokens among the verified ones. */
const lookUpCounter = () => {
  const counts = { hits: 0, misses: 0 };
  return { counts, onLookUp: (isHit: boolean): void => void (counts[isHit ? 'hits' : 'misses'] += 1) };
};

/**
 * Creates the service's dependencies from the configuration. Connections open when they are first used, so the service
 * can start without its database and recovers when the database is back.
 */
export const createRuntime = async (parts: Parts): Promise<Runtime> => {
  const { config, log, databaseUrl, overrides, tracer } = parts;
  const onError = logConnectionErrors(log, 'a connection failed');
  const database = openPool(parts, onError);
  const clock = await openClock(parts, database);
  const queue = createMailQueue({ databaseUrl, redisUrls: config.redisUrls, onError });
  // The mails are in the outbox: an outage of the queue is one line every few seconds, and fails nothing.
  const onQueueError = logConnectionErrors(log, 'the mail queue does not answer; the relay finds the mails');
  const { limits, close: closeLimits } = openLimits(parts, database, clock);
  const secrets = deriveSecrets(config);
  const { db } = database;
  const { hs256Secret, accessTokenSeconds } = config.tokens;
  const keyParts = { db, random: systemRandom, sealingKeys: secrets.signingKey };
  const keyRing = hs256Secret === undefined ? es256KeyRing(keyParts, accessTokenSeconds) : hs256KeyRing(hs256Secret);
  const captchaParts = { keys: deriveKeys(config, 'captcha'), db, clock, log };

  const { counts: tokenCache, onLookUp } = lookUpCounter();
  const auth = createAuth({
    db,
    clock,
    random: systemRandom,
    log,
    settings: settingsFrom(config),
    secrets,
    keyRing,
    verifyToken: verifiedTokens(keyRing, config.tokens, onLookUp),
    hasher: await openHasher(parts),
    limits,
    captcha: createCaptcha(config.captcha, captchaParts),
    mailQueue: { notify: () => queue.notify().catch(onQueueError) },
    ...overrides,
  });
  return {
    auth,
    tracer,
    unready: async (queueTimeoutMs = MOST_MS) => {
      const checks = {
        database: settleWithin(MOST_MS, database.ping()),
        queue: settleWithin(queueTimeoutMs, queue.ping()),
      };
      const answers = await Promise.all(Object.values(checks));
      return Object.keys(checks).filter((_, index) => answers[index] !== true);
    },
    status: () => {
      const { totalCount: total, idleCount: idle, waitingCount: waiting } = db.$client;
      const pool = { total, idle, waiting };
      return { pool, hashing: auth.deps.hasher.load(), tokenCache, areLimitsInMemory: limits.isFallback() };
    },
    queueDepth: () => queue.depth(),
    // A part that does not answer must not keep the others from closing.
    close: async () => {
      clock.close();
      for (const part of [queue, { close: closeLimits }, database]) await settleWithin(CLOSE_TIMEOUT_MS, part.close());
      await tracer?.close();
    },
  };
};
