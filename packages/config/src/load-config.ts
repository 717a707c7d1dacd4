import { resolve } from 'node:path';
import { ConfigError, contradictions, insecureDefaults } from './config-error.ts';
import { developmentSecret } from './development-secret.ts';
import { type Env, envSchema } from './env.ts';
import { limitsFrom } from './limits.ts';
import { mailSettings } from './mail-settings.ts';
import { misspellings } from './misspellings.ts';

/** All settings of the service by topic, frozen. The names of times contain their unit. */
export type Config = ReturnType<typeof toConfig>;

const deepFreeze = <T extends object>(value: T): Readonly<T> => {
  for (const part of Object.values(value)) if (part instanceof Object) deepFreeze(part);
  return Object.freeze(value);
};

const loggingFrom = (env: Env, isDevelopment: boolean) => ({
  level: env.LOG_LEVEL ?? (env.DEBUG ? ('debug' as const) : ('info' as const)),
  file: env.LOG_FILE,
  isAccessLogOn: env.ACCESS_LOG ?? !isDevelopment,
});

/** The addresses of the API, and how it answers. */
const httpSettings = (env: Env, urls: { publicUrl: string; frontendUrl: string }) => {
  const isProduction = env.APP_ENV === 'production';
  const isDevelopment = env.APP_ENV === 'development' || env.APP_ENV === 'test';
  return {
    host: env.HOST,
    port: env.PORT,
    ...urls,
    corsOrigins: env.CORS_ORIGINS ?? [new URL(urls.frontendUrl).origin],
    trustProxy: env.TRUST_PROXY,
    docs: env.DOCS ?? (env.DEBUG || !isProduction),
    metricsPort: env.METRICS_PORT,
    shutdownDelaySeconds: env.SHUTDOWN_DELAY_SECONDS ?? (isDevelopment ? 0 : 5),
  };
};

const toConfig = (env: Env) => {
  const publicUrl = env.PUBLIC_URL ?? `http://localhost:${env.PORT}`;
  const frontendUrl = env.FRONTEND_URL ?? `http://localhost:${env.WEB_PORT}`;
  const isDevelopment = env.APP_ENV === 'development' || env.APP_ENV === 'test';
  const isProduction = env.APP_ENV === 'production';
  const dataDir = resolve(env.DATA_DIR);
  return {
    app: { name: env.APP_NAME, env: env.APP_ENV, isDevelopment, isProduction, dataDir },
    secretKey: env.SECRET_KEY ?? developmentSecret(dataDir),
    previousSecretKeys: env.SECRET_KEY_PREVIOUS,
    http: httpSettings(env, { publicUrl, frontendUrl }),
    web: { port: env.WEB_PORT },
    inbox: { port: env.INBOX_PORT },
    worker: { port: env.WORKER_PORT },
    database: {
      url: env.DATABASE_URL,
      poolSize: env.DATABASE_POOL_SIZE,
      preparedStatements: env.DATABASE_PREPARED_STATEMENTS,
      migrateOnStart: env.MIGRATE_ON_START ?? !isProduction,
    },
    redisUrls: env.REDIS_URL,
    tokens: {
      algorithm: env.JWT_SECRET_KEY === undefined ? ('ES256' as const) : ('HS256' as const),
      hs256Secret: env.JWT_SECRET_KEY,
      issuer: publicUrl,
      audience: env.JWT_AUDIENCE ?? publicUrl,
      clientId: env.JWT_CLIENT_ID,
      accessTokenSeconds: env.ACCESS_TOKEN_EXPIRE_MINUTES * 60,
      refreshTokenSeconds: env.REFRESH_TOKEN_EXPIRE_DAYS * 86_400,
      sessionsPerAccount: env.SESSIONS_PER_ACCOUNT,
      sessionMaxSeconds: env.SESSION_MAX_DAYS * 86_400,
      reuseGraceSeconds: env.REFRESH_REUSE_GRACE_SECONDS,
    },
    lifetimes: {
      verificationLinkSeconds: env.EMAIL_VERIFICATION_EXPIRE_MINUTES * 60,
      resetLinkSeconds: env.PASSWORD_RESET_EXPIRE_MINUTES * 60,
      codeSeconds: env.VERIFICATION_CODE_EXPIRE_MINUTES * 60,
    },
    mail: mailSettings(env, publicUrl),
    captcha: { provider: env.CAPTCHA_PROVIDER, secret: env.CAPTCHA_SECRET, verifyUrl: env.CAPTCHA_VERIFY_URL },
    accounts: {
      privacy: env.ACCOUNT_PRIVACY,
      requireVerifiedEmail: env.REQUIRE_VERIFIED_EMAIL,
      unverifiedAccountSeconds: env.UNVERIFIED_ACCOUNT_HOURS * 3600,
      deletionSeconds: env.ACCOUNT_DELETION_DAYS * 86_400,
      reservedUsernames: [...env.RESERVED_USERNAMES, env.APP_NAME],
      auditRetentionSeconds: env.AUDIT_RETENTION_DAYS * 86_400,
    },
    limits: limitsFrom(env),
    argon2: {
      memoryCost: env.ARGON2_MEMORY_KIB,
      timeCost: env.ARGON2_ITERATIONS,
      parallelism: env.ARGON2_PARALLELISM,
    },
    logging: loggingFrom(env, isDevelopment),
    tracing: { endpoint: env.OTEL_EXPORTER_OTLP_ENDPOINT },
  };
};

/** Reads the environment as far as it is valid, and lists what is not: one sentence for each error, without secrets. */
const parseEnvironment = (environment: NodeJS.ProcessEnv): { env: Env; problems: string[] } => {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const first = envSchema.safeParse(given);
  const issues = first.success ? [] : first.error.issues;
  const invalid = new Set(issues.map((issue) => String(issue.path[0])));
  // The valid variables are parsed too, so that all errors are reported by one start.
  const env =
    first.data ?? envSchema.parse(Object.fromEntries(Object.entries(given).filter(([name]) => !invalid.has(name))));
  const problems = [
    ...issues.map(({ path: [name, index], message }) =>
      typeof index === 'number' ? `${String(name)}, entry ${index + 1}: ${message}` : `${String(name)}: ${message}`,
    ),
    ...misspellings(Object.keys(given)),
    ...[...contradictions(env), ...insecureDefaults(env)].filter((text) => !invalid.has(text.split(':')[0] ?? '')),
  ];
  return { env, problems };
};

/**
 * Reads the environment. An empty variable counts as absent, and one whose name is almost that of a setting is an error.
 * In development, without SECRET_KEY, it creates DATA_DIR and a secret in it. Throws ConfigError, which names all errors
 * together and contains no secret.
 */
export const loadConfig = (environment: NodeJS.ProcessEnv): Config => {
  const { env, problems } = parseEnvironment(environment);
  if (problems.length > 0) throw new ConfigError(problems);
  return deepFreeze(toConfig(env));
};

/**
 * The configuration with its errors, to examine a service that cannot start: a variable with an error has its default.
 * A missing SECRET_KEY is replaced by a useless one if it is an error.
 */
export const inspectConfig = (environment: NodeJS.ProcessEnv): { config: Config; problems: readonly string[] } => {
  const { env, problems } = parseEnvironment(environment);
  const isKeyWrong = problems.some((problem) => problem.startsWith('SECRET_KEY:'));
  const config = toConfig(isKeyWrong ? { ...env, SECRET_KEY: '' } : env);
  return { config: deepFreeze(config), problems };
};
