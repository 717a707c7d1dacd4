import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { ConfigError } from './config-error.ts';
import { loadConfig } from './load-config.ts';

const DATA_DIR = mkdtempSync(join(tmpdir(), 'moonlight-config-'));
afterAll(() => rmSync(DATA_DIR, { recursive: true, force: true }));

const SECRET = 'thirty-two bytes of a secret, or more';

const problemsIn = (environment: Record<string, string>): readonly string[] => {
  try {
    loadConfig({ DATA_DIR, ...environment });
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
};
const namesIn = (environment: Record<string, string>) =>
  problemsIn(environment)
    .map((problem) => problem.slice(0, problem.indexOf(':')))
    .toSorted();

test.each<[string, readonly string[]]>([
  ['APP_NAME', ['a\nb', 'x'.repeat(65)]],
  ['APP_ENV', ['prod', 'PRODUCTION']],
  ['SECRET_KEY', ['short', '月光'.repeat(5)]],
  ['PORT', ['-1', '65536', 'http', '3000.5', '0x10', ' ']],
  ['WEB_PORT', ['70000']],
  ['INBOX_PORT', ['x']],
  [
    'PUBLIC_URL',
    [
      'auth.example.com',
      'ftp://example.com',
      'https://',
      'https://u:p@example.com',
      'https://example.com/?a=1',
      'https://example.com/#',
    ],
  ],
  ['FRONTEND_URL', ['javascript:alert(1)', 'https://example.com?']],
  ['CORS_ORIGINS', ['*', 'https://a.example,b.example', 'https://a.example/path']],
  ['TRUST_PROXY', ['true', '10.0.0.0/33', '10.0.0/8', '2001:db8::/129', 'proxy.example.com', '10.0.0.1/']],
  ['DATABASE_URL', ['mysql://db/x', 'db', 'postgresql//db']],
  ['DATABASE_POOL_SIZE', ['0']],
  ['REDIS_URL', ['http://redis', 'redis://a,b', ',']],
  ['JWT_ALGORITHM', ['none', 'RS256', 'es256']],
  ['JWT_SECRET_KEY', ['short']],
  ['ACCESS_TOKEN_EXPIRE_MINUTES', ['0', '1441', '30m']],
  ['REFRESH_TOKEN_EXPIRE_DAYS', ['0']],
  ['SESSION_MAX_DAYS', ['0']],
  ['REFRESH_REUSE_GRACE_SECONDS', ['-1', '0', '9', '301']],
  ['EMAIL_VERIFICATION_EXPIRE_MINUTES', ['0']],
  ['PASSWORD_RESET_EXPIRE_MINUTES', ['0']],
  ['VERIFICATION_CODE_EXPIRE_MINUTES', ['0']],
  ['VERIFICATION_CODE_COOLDOWN_SECONDS', ['-1', 'x']],
  ['VERIFICATION_CODE_DAILY_LIMIT', ['0']],
  ['VERIFICATION_CODE_DAILY_TOTAL', ['0']],
  ['VERIFICATION_CODE_MAX_ATTEMPTS', ['0']],
  ['CODE_FAILURES_PER_IP', ['0']],
  ['MAIL_PORT', ['smtp']],
  ['MAIL_USE_SSL', ['maybe']],
  ['MAIL_SENDER_EMAIL', ['nobody', 'a@example.com\r\nBcc: b@example.com']],
  ['SMTP_TLS', ['starttls']],
  ['CAPTCHA_PROVIDER', ['recaptcha']],
  ['ACCOUNT_PRIVACY', ['closed']],
  ['REQUIRE_VERIFIED_EMAIL', ['2']],
  ['UNVERIFIED_ACCOUNT_HOURS', ['0']],
  ['ACCOUNT_DELETION_DAYS', ['-1', '366', 'never']],
  ['LOG_LEVEL', ['verbose']],
  ['DOCS', ['perhaps']],
  ['METRICS_PORT', ['-']],
  ['LOGIN_FREE_FAILURES', ['0', 'many']],
])('an invalid %s is reported by name', (name, values) => {
  for (const value of values) {
    const problems = problemsIn({ SECRET_KEY: SECRET, [name]: value });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(new RegExp(`^${name}(, entry \\d+)?: .{5,}`));
  }
});

test('an error in a list names the entry, counted from one', () => {
  const [problem] = problemsIn({ SECRET_KEY: SECRET, TRUST_PROXY: '10.0.0.1,proxy.example.com' });
  expect(problem).toMatch(/^TRUST_PROXY, entry 2: /);
});

test('all errors are reported together, one per line', () => {
  const environment = {
    PORT: 'x',
    SECRET_KEY: 'short',
    JWT_ALGORITHM: 'HS256',
    CAPTCHA_PROVIDER: 'hcaptcha',
    MAIL_USE_SSL: 'true',
    MAIL_USE_TLS: 'true',
    APP_ENV: 'production',
  };
  expect(namesIn(environment)).toEqual([
    'CAPTCHA_SECRET',
    'DATABASE_URL',
    'FRONTEND_URL',
    'JWT_SECRET_KEY',
    'MAIL_SERVER',
    'MAIL_USE_TLS',
    'PORT',
    'PUBLIC_URL',
    'SECRET_KEY',
  ]);
  expect(() => loadConfig(environment)).toThrow(/9 errors:(\n {2}- [A-Z_]+: .+){9}$/);
});

test('no error contains a secret', () => {
  const secrets = { SECRET_KEY: 'hush-hush', JWT_SECRET_KEY: 'psst-psst', DATABASE_URL: 'mysql://u:sesame@db/x' };
  const message = problemsIn(secrets).join('\n');
  for (const secret of ['hush', 'psst', 'sesame']) expect(message).not.toContain(secret);
});

test('contradictory and missing variables are reported', () => {
  const withSecret = (environment: Record<string, string>) => namesIn({ SECRET_KEY: SECRET, ...environment });
  expect(withSecret({ JWT_ALGORITHM: 'HS256' })).toEqual(['JWT_SECRET_KEY']);
  expect(withSecret({ JWT_ALGORITHM: 'ES256', JWT_SECRET_KEY: SECRET })).toEqual(['JWT_ALGORITHM']);
  expect(withSecret({ CAPTCHA_PROVIDER: 'turnstile' })).toEqual(['CAPTCHA_SECRET']);
  expect(withSecret({ MAIL_USE_SSL: 'true', SMTP_TLS: 'true' })).toEqual(['SMTP_TLS']);
  expect(withSecret({ MAIL_USE_SSL: 'true', SMTP_TLS: 'true', MAIL_USE_TLS: 'false' })).toEqual([]);
});

const deployed = {
  SECRET_KEY: SECRET,
  DATABASE_URL: 'postgresql://db/x',
  PUBLIC_URL: 'https://auth.example.com',
  FRONTEND_URL: 'https://example.com',
  MAIL_SERVER: 'mail.example.com',
};

test.each(['staging', 'production'])('%s refuses development-only defaults and generates no secret', (APP_ENV) => {
  expect(namesIn({ APP_ENV })).toEqual(['DATABASE_URL', 'FRONTEND_URL', 'MAIL_SERVER', 'PUBLIC_URL', 'SECRET_KEY']);
  expect(existsSync(join(DATA_DIR, 'secret-key'))).toBe(false);
  expect(namesIn({ ...deployed, APP_ENV })).toEqual([]);
  for (const name of Object.keys(deployed)) {
    const rest = Object.fromEntries(Object.entries(deployed).filter(([each]) => each !== name));
    expect(namesIn({ ...rest, APP_ENV })).toEqual([name]);
  }
});

test.each([
  'your-secret-key-here-change-in-production',
  'change-me-in-production-change-me-in-production',
  'CHANGEME'.repeat(4),
])('%s is refused as a secret in staging and production', (placeholder) => {
  expect(namesIn({ ...deployed, APP_ENV: 'production', SECRET_KEY: placeholder })).toEqual(['SECRET_KEY']);
  expect(namesIn({ ...deployed, APP_ENV: 'staging', JWT_SECRET_KEY: placeholder })).toEqual(['JWT_SECRET_KEY']);
  expect(namesIn({ SECRET_KEY: placeholder })).toEqual([]);
});

test('docs are off by default in production only', () => {
  const docs = (environment: Record<string, string>) => loadConfig({ ...deployed, ...environment }).http.docs;
  expect(docs({ APP_ENV: 'production' })).toBe(false);
  expect(docs({ APP_ENV: 'production', DOCS: 'on' })).toBe(true);
  expect(docs({ APP_ENV: 'production', DEBUG: 'true' })).toBe(true);
  expect(docs({ APP_ENV: 'staging' })).toBe(true);
});
