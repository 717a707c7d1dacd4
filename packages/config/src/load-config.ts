import { resolve } from 'node:path';
import { type Env, envSchema } from './env.ts';
import { insecureDefaults } from './insecure-defaults.ts';
import { developmentSecret } from './development-secret.ts';
import { limitsFrom } from './limits.ts';
import { mailSettings } from './mail-settings.ts';

/** The environment holds mistakes; `message` names every one of them, a line each. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly mistakes: readonly string[];

  constructor(mistakes: readonly string[]) {
    super(`The configuration has ${mistakes.length} mistake(s):\n${mistakes.map((line) => `  - ${line}`).join('\n')}`);
    this.mistakes = mistakes;
  }
}

/** Everything the service can be told, grouped by concern, frozen. Times say their unit. */
export type Config = ReturnType<typeof group>;

const crossMistakes = (env: Env): string[] => {
  const mistakes: string[] = [];
  if (env.JWT_ALGORITHM === 'HS256' && env.JWT_SECRET_KEY === undefined)
    mistakes.push('JWT_SECRET_KEY: required with JWT_ALGORITHM=HS256');
  if (env.JWT_ALGORITHM === 'ES256' && env.JWT_SECRET_KEY !== undefined)
    mistakes.push('JWT_ALGORITHM: a JWT_SECRET_KEY means HS256; leave one of them out');
  if ((env.CAPTCHA_PROVIDER === 'turnstile' || env.CAPTCHA_PROVIDER === 'hcaptcha') && env.CAPTCHA_SECRET === undefined)
    mistakes.push(`CAPTCHA_SECRET: required with CAPTCHA_PROVIDER=${env.CAPTCHA_PROVIDER}`);
  const startTls = env.MAIL_USE_TLS === undefined ? 'SMTP_TLS' : 'MAIL_USE_TLS';
  if (env.MAIL_USE_SSL === true && env[startTls] === true)
    mistakes.push(`${startTls}: STARTTLS and MAIL_USE_SSL exclude each other`);
  return mistakes;
};

const frozen = <T extends object>(value: T): Readonly<T> => {
  for (const part of Object.values(value)) if (part instanceof Object) frozen(part);
  return Object.freeze(value);
};

const group = (env: Env) => {
  const publicUrl = env.PUBLIC_URL ?? `http://localhost:${env.PORT}`;
  const frontendUrl = env.FRONTEND_URL ?? `http://localhost:${env.WEB_PORT}`;
  const isDevelopment = env.APP_ENV === 'development' || env.APP_ENV === 'test';
  const isProduction = env.APP_ENV === 'production';
  const dataDir = resolve(env.DATA_DIR);
  return {
    app: { name: env.APP_NAME, env: env.APP_ENV, isDevelopment, isProduction, dataDir },
    secretKey: env.SECRET_KEY ?? developmentSecret(dataDir),
    http: {
      host: env.HOST,
      port: env.PORT,
      publicUrl,
      frontendUrl,
      corsOrigins: env.CORS_ORIGINS ?? [new URL(frontendUrl).origin],
      trustProxy: env.TRUST_PROXY,
      docs: env.DOCS ?? (env.DEBUG || !isProduction),
      metricsPort: env.METRICS_PORT,
    },
    web: { port: env.WEB_PORT },
    inbox: { port: env.INBOX_PORT },
    worker: { port: env.WORKER_PORT },
    database: { url: env.DATABASE_URL, poolSize: env.DATABASE_POOL_SIZE },
    redisUrls: env.REDIS_URL,
    tokens: {
      algorithm: env.JWT_SECRET_KEY === undefined ? ('ES256' as const) : ('HS256' as const),
      hs256Secret: env.JWT_SECRET_KEY,
      issuer: publicUrl,
      audience: env.JWT_AUDIENCE ?? publicUrl,
      accessTokenSeconds: env.ACCESS_TOKEN_EXPIRE_MINUTES * 60,
      refreshTokenSeconds: env.REFRESH_TOKEN_EXPIRE_DAYS * 86_400,
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
      auditRetentionSeconds: env.AUDIT_RETENTION_DAYS * 86_400,
    },
    limits: limitsFrom(env),
    argon2: {
      memoryCost: env.ARGON2_MEMORY_KIB,
      timeCost: env.ARGON2_ITERATIONS,
      parallelism: env.ARGON2_PARALLELISM,
    },
    logging: { level: env.LOG_LEVEL ?? (env.DEBUG ? 'debug' : 'info'), file: env.LOG_FILE },
  };
};

/**
 * Reads the environment once. An empty variable counts as absent. In development it makes DATA_DIR and a secret there
 * when none was given. Throws ConfigError, which names all mistakes at once and never a secret's value.
 */
export const loadConfig = (environment: NodeJS.ProcessEnv): Config => {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const first = envSchema.safeParse(given);
  const faults = first.success ? [] : first.error.issues;
  const faulty = new Set(faults.map((issue) => String(issue.path[0])));
  // What is left of a faulty environment is read too, so that nobody has to mend mistakes one start at a time.
  const env =
    first.data ?? envSchema.parse(Object.fromEntries(Object.entries(given).filter(([name]) => !faulty.has(name))));
  const mistakes = [
    ...faults.map((issue) => `${issue.path.join('.')}: ${issue.message}`),
    ...[...crossMistakes(env), ...insecureDefaults(env)].filter((mistake) => !faulty.has(mistake.split(':')[0] ?? '')),
  ];
  if (mistakes.length > 0) throw new ConfigError(mistakes);
  return frozen(group(env));
};
