import type { Env } from './env.ts';
import { plaintextVariable } from './mail-settings.ts';
import { SECRET_TOO_SHORT, isLongSecret } from './variable-kinds.ts';
import { isGuessable, isLoopback, trustsStrangers } from './weak-values.ts';

/** The environment has errors. `problems` and `message` name all of them, each with its variable. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    const count = problems.length === 1 ? '1 error' : `${problems.length} errors`;
    super(`The configuration has ${count}:\n${problems.map((line) => `  - ${line}`).join('\n')}`);
    this.problems = problems;
  }
}

/** Variables that contradict each other, or that another one requires: one sentence for each. */
export const contradictions = (env: Env): string[] => {
  const problems: string[] = [];
  if (new Set([env.SECRET_KEY, ...env.SECRET_KEY_PREVIOUS]).size <= env.SECRET_KEY_PREVIOUS.length)
    problems.push('SECRET_KEY_PREVIOUS: must not contain SECRET_KEY, nor a secret twice');
  if (env.JWT_ALGORITHM === 'HS256' && env.JWT_SECRET_KEY === undefined)
    problems.push('JWT_SECRET_KEY: required with JWT_ALGORITHM=HS256');
  if (env.JWT_ALGORITHM === 'ES256' && env.JWT_SECRET_KEY !== undefined)
    problems.push('JWT_ALGORITHM: JWT_SECRET_KEY selects HS256; remove one of the two');
  if ((env.CAPTCHA_PROVIDER === 'turnstile' || env.CAPTCHA_PROVIDER === 'hcaptcha') && env.CAPTCHA_SECRET === undefined)
    problems.push(`CAPTCHA_SECRET: required with CAPTCHA_PROVIDER=${env.CAPTCHA_PROVIDER}`);
  if (env.CAPTCHA_PROVIDER === 'altcha' && env.CAPTCHA_SECRET !== undefined && !isLongSecret(env.CAPTCHA_SECRET))
    problems.push(`CAPTCHA_SECRET: ${SECRET_TOO_SHORT}`);
  if (env.EMAIL_VERIFICATION_EXPIRE_MINUTES > env.UNVERIFIED_ACCOUNT_HOURS * 60)
    problems.push(
      'EMAIL_VERIFICATION_EXPIRE_MINUTES: the link must not outlive the account that it verifies (UNVERIFIED_ACCOUNT_HOURS)',
    );
  if (env.PUBLIC_URL_ALLOW_HTTP && env.TRUST_PROXY.length === 0)
    problems.push(
      'TRUST_PROXY: required with PUBLIC_URL_ALLOW_HTTP=true; it names the proxies in front of the service',
    );
  const startTls = env.MAIL_USE_TLS === undefined ? 'SMTP_TLS' : 'MAIL_USE_TLS';
  if (env.MAIL_USE_SSL === true && env[startTls] === true)
    problems.push(`${startTls}: STARTTLS and MAIL_USE_SSL exclude each other`);
  return problems;
};

const PLACEHOLDER = /change[-_ ]?me|change[-_ ]?in|your[-_ ]|-here/i;

const weakSecrets = (env: Env): string[] => {
  const names = [
    'SECRET_KEY',
    'JWT_SECRET_KEY',
    ...(env.CAPTCHA_PROVIDER === 'altcha' ? ['CAPTCHA_SECRET' as const] : []),
  ] as const;
  const secrets = [
    ...names.map((name) => ({ name, value: env[name] ?? '' })),
    ...env.SECRET_KEY_PREVIOUS.map((value, index) => ({ name: `SECRET_KEY_PREVIOUS, entry ${index + 1}`, value })),
  ];
  return secrets.flatMap(({ name, value }) => {
    if (PLACEHOLDER.test(value)) return [`${name}: looks like the placeholder of an example`];
    const isWeak = isLongSecret(value) && isGuessable(value);
    return isWeak ? [`${name}: can be guessed; make a random one with: openssl rand -base64 48`] : [];
  });
};

const insecureValues = (env: Env): string[] => {
  const problems = weakSecrets(env);
  const range = env.TRUST_PROXY.find(trustsStrangers);
  if (range !== undefined)
    problems.push(
      `TRUST_PROXY: ${range} trusts everyone with an address in it, not only your proxies; name ranges of /8 (IPv6: /7) at most`,
    );
  const variable = plaintextVariable(env);
  if (variable !== undefined)
    problems.push(
      `${variable}: mails would be sent without TLS; set MAIL_USE_SSL or MAIL_USE_TLS, or MAIL_ALLOW_PLAINTEXT=true`,
    );
  return problems;
};

/** What only production refuses: a staging machine often has no certificate. */
const unprotectedUrls = ({ PUBLIC_URL, FRONTEND_URL, PUBLIC_URL_ALLOW_HTTP }: Env): string[] => {
  const problems: string[] = [];
  if (PUBLIC_URL !== undefined && new URL(PUBLIC_URL).protocol === 'http:' && !PUBLIC_URL_ALLOW_HTTP)
    problems.push(
      'PUBLIC_URL: must be the https:// address that users reach; if a proxy in TRUST_PROXY protects an http:// one, set PUBLIC_URL_ALLOW_HTTP=true',
    );
  if (FRONTEND_URL !== undefined && isLoopback(new URL(FRONTEND_URL).hostname))
    problems.push(
      "FRONTEND_URL: must not be on this machine (localhost): mailed links would point to the reader's own machine",
    );
  return problems;
};

/** Development-only defaults, placeholders and weak values, which `staging` and `production` refuse: one sentence for each. */
export const insecureDefaults = (env: Env): string[] => {
  if (env.APP_ENV !== 'production' && env.APP_ENV !== 'staging') return [];
  const problems: string[] = [];
  const required = (name: keyof Env, reason: string) => {
    if (env[name] === undefined) problems.push(`${name}: required with APP_ENV=${env.APP_ENV}, because ${reason}`);
  };
  required('SECRET_KEY', 'every key is derived from it; make one with: openssl rand -base64 48');
  required('DATABASE_URL', 'the bundled PostgreSQL is for development');
  required('PUBLIC_URL', 'it is the issuer of tokens');
  required('FRONTEND_URL', 'mailed links point to it');
  if (env.MAIL_SERVER === undefined && env.SMTP_HOST === undefined && env.MAIL_USERNAME === undefined)
    required('MAIL_SERVER', 'the development inbox sends no mail to users');
  return [...problems, ...insecureValues(env), ...(env.APP_ENV === 'production' ? unprotectedUrls(env) : [])];
};
