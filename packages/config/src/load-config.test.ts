import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { loadConfig } from './load-config.ts';

const DATA_DIR = mkdtempSync(join(tmpdir(), 'moonlight-config-'));
afterAll(() => rmSync(DATA_DIR, { recursive: true, force: true }));

const SECRET = 'thirty-two bytes of a secret, or more';
const load = (environment: Record<string, string> = {}) => loadConfig({ DATA_DIR, SECRET_KEY: SECRET, ...environment });

test('without any variable, the configuration has the documented defaults', () => {
  expect(load()).toEqual({
    app: { name: 'Moonlight', env: 'development', isDevelopment: true, isProduction: false, dataDir: DATA_DIR },
    secretKey: SECRET,
    previousSecretKeys: [],
    http: {
      host: '127.0.0.1',
      port: 3000,
      publicUrl: 'http://localhost:3000',
      frontendUrl: 'http://localhost:5173',
      corsOrigins: ['http://localhost:5173'],
      trustProxy: [],
      docs: true,
      metricsPort: undefined,
      shutdownDelaySeconds: 0,
    },
    web: { port: 5173 },
    inbox: { port: 1080 },
    worker: { port: 0 },
    database: { url: undefined, poolSize: 10, preparedStatements: 'auto', migrateOnStart: true },
    redisUrls: undefined,
    tokens: {
      algorithm: 'ES256',
      hs256Secret: undefined,
      issuer: 'http://localhost:3000',
      audience: 'http://localhost:3000',
      clientId: 'moonlight',
      accessTokenSeconds: 1800,
      refreshTokenSeconds: 604_800,
      sessionsPerAccount: 50,
      sessionMaxSeconds: 7_776_000,
      reuseGraceSeconds: 10,
    },
    lifetimes: { verificationLinkSeconds: 900, resetLinkSeconds: 1800, codeSeconds: 600 },
    mail: undefined,
    captcha: { provider: 'altcha', secret: undefined, verifyUrl: undefined },
    accounts: {
      privacy: 'open',
      requireVerifiedEmail: false,
      unverifiedAccountSeconds: 86_400,
      deletionSeconds: 604_800,
      reservedUsernames: expect.arrayContaining(['admin', 'root', 'support', 'Moonlight']),
      auditRetentionSeconds: 31_536_000,
    },
    limits: {
      mailCooldownSeconds: 60,
      mailsPerDay: 10,
      mailsPerDayInAll: 30,
      codeAttempts: 5,
      codeFailuresPerIp: 50,
      mailsPerIpPerHour: 100,
      registrationsPerIpPerHour: 50,
      checkEmailPerIpPerMinute: 60,
      loginFreeFailures: 5,
      loginLongestWaitSeconds: 900,
      loginFailuresPerIp: 100,
      loginFailuresBeforeCaptcha: 10,
      loginFailureWindowSeconds: 900,
      codesBeforeCaptchaPerIp: 5,
      codesBeforeCaptchaPerAddress: 3,
    },
    argon2: { memoryCost: 19_456, timeCost: 2, parallelism: 1 },
    logging: { level: 'info', file: undefined, isAccessLogOn: false },
    tracing: { endpoint: undefined },
  });
});

test.each<[Record<string, string>, object]>([
  [{ APP_NAME: '月光', APP_ENV: 'test' }, { app: { name: '月光', env: 'test', isDevelopment: true } }],
  [{ HOST: '0.0.0.0', PORT: '0' }, { http: { host: '0.0.0.0', port: 0 } }],
  [{ PORT: '8080' }, { http: { publicUrl: 'http://localhost:8080' }, tokens: { issuer: 'http://localhost:8080' } }],
  [{ WEB_PORT: '9000' }, { web: { port: 9000 }, http: { frontendUrl: 'http://localhost:9000' } }],
  [
    { INBOX_PORT: '2525', WORKER_PORT: '4000' },
    { inbox: { port: 2525 }, worker: { port: 4000 } },
  ],
  [
    { PUBLIC_URL: 'https://auth.example.com/' },
    {
      http: { publicUrl: 'https://auth.example.com' },
      tokens: { issuer: 'https://auth.example.com', audience: 'https://auth.example.com' },
    },
  ],
  [
    { FRONTEND_URL: 'https://example.com/app/' },
    { http: { frontendUrl: 'https://example.com/app', corsOrigins: ['https://example.com'] } },
  ],
  [
    { CORS_ORIGINS: ' https://A.example , http://b.example:81/,' },
    { http: { corsOrigins: ['https://a.example', 'http://b.example:81'] } },
  ],
  [
    { TRUST_PROXY: '10.0.0.0/8, 192.0.2.1,2001:db8::/32' },
    { http: { trustProxy: ['10.0.0.0/8', '192.0.2.1', '2001:db8::/32'] } },
  ],
  [{ DATABASE_URL: 'postgresql+asyncpg://u:p@db/x' }, { database: { url: 'postgresql://u:p@db/x' } }],
  [
    { DATABASE_URL: 'postgres://u:p@db:5433/x?sslmode=require', DATABASE_POOL_SIZE: '3' },
    { database: { url: 'postgresql://u:p@db:5433/x?sslmode=require', poolSize: 3 } },
  ],
  [{ REDIS_URL: 'redis://one:6379, rediss://two:6380/1' }, { redisUrls: ['redis://one:6379', 'rediss://two:6380/1'] }],
  [{ JWT_SECRET_KEY: SECRET }, { tokens: { algorithm: 'HS256', hs256Secret: SECRET } }],
  [{ JWT_ALGORITHM: 'HS256', JWT_SECRET_KEY: SECRET }, { tokens: { algorithm: 'HS256' } }],
  [{ JWT_CLIENT_ID: 'the-shop' }, { tokens: { clientId: 'the-shop' } }],
  [{ JWT_ALGORITHM: 'ES256', JWT_AUDIENCE: 'the-api' }, { tokens: { algorithm: 'ES256', audience: 'the-api' } }],
  [
    {
      ACCESS_TOKEN_EXPIRE_MINUTES: '5',
      REFRESH_TOKEN_EXPIRE_DAYS: '14',
      SESSION_MAX_DAYS: '30',
      REFRESH_REUSE_GRACE_SECONDS: '20',
    },
    {
      tokens: {
        accessTokenSeconds: 300,
        refreshTokenSeconds: 1_209_600,
        sessionMaxSeconds: 2_592_000,
        reuseGraceSeconds: 20,
      },
    },
  ],
  [
    {
      EMAIL_VERIFICATION_EXPIRE_MINUTES: '60',
      PASSWORD_RESET_EXPIRE_MINUTES: '10',
      VERIFICATION_CODE_EXPIRE_MINUTES: '5',
    },
    { lifetimes: { verificationLinkSeconds: 3600, resetLinkSeconds: 600, codeSeconds: 300 } },
  ],
  [
    {
      VERIFICATION_CODE_COOLDOWN_SECONDS: '0',
      VERIFICATION_CODE_DAILY_LIMIT: '3',
      VERIFICATION_CODE_DAILY_TOTAL: '7',
      VERIFICATION_CODE_MAX_ATTEMPTS: '2',
      CODE_FAILURES_PER_IP: '9',
    },
    { limits: { mailCooldownSeconds: 0, mailsPerDay: 3, mailsPerDayInAll: 7, codeAttempts: 2, codeFailuresPerIp: 9 } },
  ],
  [{ CAPTCHA_PROVIDER: 'turnstile', CAPTCHA_SECRET: 's' }, { captcha: { provider: 'turnstile', secret: 's' } }],
  [
    { RESERVED_USERNAMES: 'boss, team', APP_NAME: 'Selene' },
    { accounts: { reservedUsernames: ['boss', 'team', 'Selene'] } },
  ],
  [{ CAPTCHA_PROVIDER: 'none' }, { captcha: { provider: 'none' } }],
  [
    {
      ACCOUNT_PRIVACY: 'strict',
      REQUIRE_VERIFIED_EMAIL: 'true',
      UNVERIFIED_ACCOUNT_HOURS: '2',
      AUDIT_RETENTION_DAYS: '30',
    },
    {
      accounts: {
        privacy: 'strict',
        requireVerifiedEmail: true,
        unverifiedAccountSeconds: 7200,
        auditRetentionSeconds: 2_592_000,
      },
    },
  ],
  [
    { ARGON2_MEMORY_KIB: '47104', ARGON2_ITERATIONS: '1', ARGON2_PARALLELISM: '2' },
    { argon2: { memoryCost: 47_104, timeCost: 1, parallelism: 2 } },
  ],
  [{ LOG_LEVEL: 'warn', LOG_FILE: 'a.log' }, { logging: { level: 'warn', file: 'a.log' } }],
  [{ DOCS: 'false', METRICS_PORT: '9100' }, { http: { docs: false, metricsPort: 9100 } }],
  [{ DEBUG: 'true' }, { logging: { level: 'debug' }, http: { docs: true } }],
  [
    { DEBUG: 'true', LOG_LEVEL: 'error', DOCS: 'no' },
    { logging: { level: 'error' }, http: { docs: false } },
  ],
])('%j', (environment, expected) => {
  expect(load(environment)).toMatchObject(expected);
});

test('empty variables and unknown variables are ignored', () => {
  expect(load({ PORT: '', SMTP_HOST: '', PATH: '/bin', JWT_SECRET_KEY: '' })).toEqual(load());
});

test('the configuration is frozen', () => {
  const config = load({ TRUST_PROXY: '10.0.0.0/8', MAIL_SERVER: 'mail' });
  for (const part of [config, config.http, config.http.trustProxy, config.limits, config.mail?.sender])
    expect(Object.isFrozen(part)).toBe(true);
});
