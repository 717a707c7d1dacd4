import type { Mail } from '@moonlight/contracts';
import { openDatabase } from '@moonlight/db';
import { createTestDatabase, type TestDatabase } from '@moonlight/db/testing';
import { altchaCaptcha } from '../captcha/altcha-captcha.ts';
import { createAuth, type Auth } from '../create-auth.ts';
import { passwordHasher } from '../credentials/password-hasher.ts';
import type { AuthDeps, AuthSettings } from '../deps.ts';
import { postgresLimitsStore } from '../rate-limit/postgres-limits-store.ts';
import { deriveSecrets } from '../secrets/secrets.ts';
import { es256KeyRing } from '../signing-keys/key-ring.ts';
import { systemRandom } from '../system.ts';
import { verifiedTokens } from '../tokens/access-token.ts';
import { readOutbox } from './read-tables.ts';
import { type TestClock, testClock, testSettings } from './test-inputs.ts';

/** The lowest cost of argon2id that the library allows, because the tests are not about the hash itself. */
export const testHashCost = { memoryCost: 8, timeCost: 1, parallelism: 1 };

type SettingsChanges = {
  readonly [Group in 'tokens' | 'lifetimes' | 'accounts' | 'limits']?: Partial<AuthSettings[Group]>;
};

export interface TestAuthOptions extends Partial<Omit<AuthDeps, 'settings' | 'clock' | 'secrets'>> {
  /** What differs from the contract's default values, group by group. */
  readonly settings?: SettingsChanges;
  readonly clock?: TestClock;
  readonly secretKey?: string;
  readonly previousSecretKeys?: readonly string[];
  /** ALTCHA with challenges that take little work, instead of no captcha. */
  readonly altcha?: boolean;
  /** The database of another replica, to share it. */
  readonly database?: TestDatabase;
}

/** The domain with its own database (or another replica's), a clock to advance, and access to every mail. */
export interface TestAuth extends Auth {
  readonly clock: TestClock;
  readonly database: TestDatabase;
  /** The mails that are queued and not sent yet, opened, the oldest first. */
  mails(): Promise<Mail[]>;
  /** The newest mail of a kind to an email address. Throws when there is none. */
  lastMail<K extends Mail['kind']>(kind: K, to: string): Promise<Extract<Mail, { kind: K }>>;
  /** The round trips to PostgreSQL since the last call of this function. */
  roundTrips(): number;
  /** The statements that were sent since the last call of this function, without their values. */
  statements(): string[];
  close(): Promise<void>;
}

const changed = ({ tokens, lifetimes, accounts, limits }: SettingsChanges): AuthSettings => ({
  ...testSettings,
  tokens: { ...testSettings.tokens, ...tokens },
  lifetimes: { ...testSettings.lifetimes, ...lifetimes },
  accounts: { ...testSettings.accounts, ...accounts },
  limits: { ...testSettings.limits, ...limits },
});

const isOf =
  <K extends Mail['kind']>(kind: K, to: string) =>
  (mail: Mail): mail is Extract<Mail, { kind: K }> =>
    mail.kind === kind && mail.to === to;

/** Puts the domain together for a test: real PostgreSQL, real argon2id, and no captcha unless one is given. */
export const createTestAuth = async (options: TestAuthOptions = {}): Promise<TestAuth> => {
  const { settings: changes = {}, clock = testClock(), ...overrides } = options;
  const { secretKey = 'a secret of tests alone', previousSecretKeys = [], ...others } = overrides;
  const { database = await createTestDatabase(), altcha = false, ...parts } = others;
  const statements: string[] = [];
  let roundTrips = 0;
  const client = openDatabase({
    url: database.url,
    poolSize: 10,
    onError: () => undefined,
    onStatement: (text) => void statements.push(text),
    onRoundTrip: () => {
      roundTrips += 1;
    },
  });
  const { db } = client;
  const settings = changed(changes);
  const secrets = deriveSecrets({ secretKey, previousSecretKeys });
  const random = parts.random ?? systemRandom;
  const keyRing =
    parts.keyRing ?? es256KeyRing({ db, random, sealingKeys: secrets.signingKey }, settings.tokens.accessTokenSeconds);
  const deps: AuthDeps = {
    db,
    clock,
    random,
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    settings,
    secrets,
    keyRing,
    verifyToken: verifiedTokens(keyRing, settings.tokens),
    hasher: parts.hasher ?? (await passwordHasher(testHashCost)),
    limits: postgresLimitsStore(db, clock),
    captcha: altcha ? altchaCaptcha({ secrets: [secretKey, ...previousSecretKeys], db, clock, tries: 2 }) : null,
    mailQueue: { notify: async () => undefined },
    ...parts,
  };
  return {
    ...createAuth(deps),
    clock,
    database,
    mails: () => readOutbox(deps),
    lastMail: async (kind, to) => {
      const mail = (await readOutbox(deps)).findLast(isOf(kind, to));
      if (mail === undefined) throw new Error(`no ${kind} was queued for ${to}`);
      return mail;
    },
    roundTrips: () => {
      const counted = roundTrips;
      roundTrips = 0;
      return counted;
    },
    statements: () => statements.splice(0),
    close: async () => {
      await client.close();
      if (options.database === undefined) await database.drop();
    },
  };
};
