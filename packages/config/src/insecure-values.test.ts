import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { ConfigError } from './config-error.ts';
import { loadConfig } from './load-config.ts';

const SECRET = 'thirty-two bytes of a secret, or more';
const deployed = {
  SECRET_KEY: SECRET,
  DATABASE_URL: 'postgresql://db/x',
  PUBLIC_URL: 'https://auth.example.com',
  FRONTEND_URL: 'https://example.com',
  MAIL_SERVER: 'mail.example.com',
};

const problemsIn = (environment: Record<string, string>, APP_ENV = 'production'): readonly string[] => {
  try {
    loadConfig({ ...deployed, APP_ENV, ...environment });
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
};
const namesIn = (...parameters: Parameters<typeof problemsIn>) =>
  problemsIn(...parameters).map((problem) => problem.slice(0, problem.indexOf(':')));

test('production refuses an http PUBLIC_URL unless PUBLIC_URL_ALLOW_HTTP says that a trusted proxy protects it', () => {
  const http = { PUBLIC_URL: 'http://auth.example.com' };
  expect(namesIn(http)).toEqual(['PUBLIC_URL']);
  expect(namesIn({ ...http, TRUST_PROXY: '10.0.0.1' })).toEqual(['PUBLIC_URL']);
  expect(namesIn({ ...http, PUBLIC_URL_ALLOW_HTTP: 'true' })).toEqual(['TRUST_PROXY']);
  expect(namesIn({ ...http, PUBLIC_URL_ALLOW_HTTP: 'true', TRUST_PROXY: '10.0.0.1' })).toEqual([]);
  for (const environment of ['development', 'test', 'staging']) expect(namesIn(http, environment)).toEqual([]);
});

test.each(['http://localhost:5173', 'https://localhost', 'http://127.0.0.1', 'http://127.9.9.9', 'http://[::1]:8080'])(
  'production refuses the FRONTEND_URL %s',
  (FRONTEND_URL) => {
    expect(problemsIn({ FRONTEND_URL })).toEqual([expect.stringMatching(/^FRONTEND_URL: must not be on this machine/)]);
    expect(namesIn({ FRONTEND_URL }, 'staging')).toEqual([]);
  },
);

test.each([
  'k'.repeat(48),
  'ab'.repeat(20),
  '0123456789'.repeat(4),
  'password'.repeat(4),
  'correct-horse'.repeat(3),
  'abcdefghijklmnopqrstuvwxyz0123456789',
])('the secret %s can be guessed', (guessable) => {
  for (const environment of ['staging', 'production'])
    for (const name of ['SECRET_KEY', 'JWT_SECRET_KEY', 'CAPTCHA_SECRET'])
      expect(namesIn({ [name]: guessable }, environment)).toEqual([name]);
  expect(problemsIn({ SECRET_KEY: guessable }).join()).not.toContain(guessable);
  expect(namesIn({ SECRET_KEY: guessable }, 'development')).toEqual([]);
});

test('previous secrets are held to the rules of SECRET_KEY, and an error names the entry, not the secret', () => {
  const other = 'thirty-two bytes of another secret';
  const current = 'thirty-two bytes of a current secret';
  const previous = (...values: string[]) => problemsIn({ SECRET_KEY: current, SECRET_KEY_PREVIOUS: values.join(', ') });
  expect(previous(other, `${other} still`)).toEqual([]);
  expect(previous(other, 'hush-hush')).toEqual(['SECRET_KEY_PREVIOUS, entry 2: must have 32 bytes or more']);
  expect(previous(other, 'k'.repeat(48))).toEqual([
    expect.stringContaining('SECRET_KEY_PREVIOUS, entry 2: can be guessed'),
  ]);
  expect(previous(`change-me ${other}`)).toEqual([expect.stringContaining('entry 1: looks like the placeholder')]);
  for (const values of [[current], [other, other], [other, current]])
    expect(previous(...values)).toEqual(['SECRET_KEY_PREVIOUS: must not contain SECRET_KEY, nor a secret twice']);
  const many = Array.from({ length: 5 }, (_, index) => `${other} ${index}`);
  expect(previous(...many)).toEqual(['SECRET_KEY_PREVIOUS: must be 4 secrets or fewer']);
});

test('random secrets in the usual encodings are accepted', () => {
  for (let round = 0; round < 200; round += 1) {
    expect(namesIn({ SECRET_KEY: randomBytes(16).toString('hex') })).toEqual([]);
    expect(namesIn({ SECRET_KEY: randomBytes(24).toString('base64') })).toEqual([]);
    expect(namesIn({ SECRET_KEY: crypto.randomUUID() })).toEqual([]);
  }
});

test('CAPTCHA_SECRET for altcha must have 32 bytes; other providers issue theirs', () => {
  expect(namesIn({ CAPTCHA_SECRET: 'short' }, 'development')).toEqual(['CAPTCHA_SECRET']);
  expect(namesIn({ CAPTCHA_SECRET: 'short', CAPTCHA_PROVIDER: 'altcha' })).toEqual(['CAPTCHA_SECRET']);
  expect(namesIn({ CAPTCHA_SECRET: SECRET })).toEqual([]);
  expect(namesIn({ CAPTCHA_SECRET: 'short', CAPTCHA_PROVIDER: 'hcaptcha' })).toEqual([]);
});

test.each(['0.0.0.0/0', '::/0', '10.0.0.0/0', '0.0.0.0/1', '2000::/3', '::ffff:0:0/96', '::ffff:0.0.0.0/97', '::/8'])(
  'TRUST_PROXY=%s trusts strangers',
  (range) => {
    for (const environment of ['staging', 'production'])
      expect(namesIn({ TRUST_PROXY: `10.0.0.1,${range}` }, environment)).toEqual(['TRUST_PROXY']);
    expect(namesIn({ TRUST_PROXY: range }, 'development')).toEqual([]);
  },
);

test.each(['10.0.0.0/8', '192.168.0.0/16', '127.0.0.1/32', 'fc00::/7', '2001:db8::/32', '::1', '::ffff:10.0.0.0/104'])(
  'TRUST_PROXY=%s is accepted',
  (range) => {
    expect(namesIn({ TRUST_PROXY: range })).toEqual([]);
  },
);

test('a verification link must not outlive the account that it verifies', () => {
  const lives = (EMAIL_VERIFICATION_EXPIRE_MINUTES: string) =>
    namesIn({ EMAIL_VERIFICATION_EXPIRE_MINUTES, UNVERIFIED_ACCOUNT_HOURS: '2' }, 'development');
  expect(lives('121')).toEqual(['EMAIL_VERIFICATION_EXPIRE_MINUTES']);
  expect(lives('120')).toEqual([]);
});

test.each<[Record<string, string>, string | undefined]>([
  [{ MAIL_USE_SSL: 'false' }, 'MAIL_USE_SSL'],
  [{ MAIL_USE_SSL: 'false', MAIL_USE_TLS: 'false' }, 'MAIL_USE_SSL'],
  [{ MAIL_SERVER: '', SMTP_HOST: 'mail.example.com', SMTP_TLS: 'false' }, 'SMTP_TLS'],
  [{ MAIL_SERVER: '10.0.0.25', MAIL_USE_SSL: 'false' }, 'MAIL_USE_SSL'],
  [{ MAIL_USE_SSL: 'false', MAIL_ALLOW_PLAINTEXT: 'true' }, undefined],
  [{ MAIL_USE_SSL: 'false', MAIL_SERVER: 'localhost' }, undefined],
  [{ MAIL_USE_SSL: 'false', MAIL_SERVER: '127.0.0.1' }, undefined],
  [{ MAIL_USE_SSL: 'false', MAIL_SERVER: '::1' }, undefined],
  [{ MAIL_USE_SSL: 'false', MAIL_USE_TLS: 'true' }, undefined],
])('outside development mails need TLS: %j', (environment, name) => {
  for (const APP_ENV of ['staging', 'production'])
    expect(namesIn(environment, APP_ENV)).toEqual(name === undefined ? [] : [name]);
  expect(namesIn(environment, 'development')).toEqual([]);
});
