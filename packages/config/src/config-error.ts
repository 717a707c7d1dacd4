import type { Env } from './env.ts';

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
  if (env.JWT_ALGORITHM === 'HS256' && env.JWT_SECRET_KEY === undefined)
    problems.push('JWT_SECRET_KEY: required with JWT_ALGORITHM=HS256');
  if (env.JWT_ALGORITHM === 'ES256' && env.JWT_SECRET_KEY !== undefined)
    problems.push('JWT_ALGORITHM: JWT_SECRET_KEY selects HS256; remove one of the two');
  if ((env.CAPTCHA_PROVIDER === 'turnstile' || env.CAPTCHA_PROVIDER === 'hcaptcha') && env.CAPTCHA_SECRET === undefined)
    problems.push(`CAPTCHA_SECRET: required with CAPTCHA_PROVIDER=${env.CAPTCHA_PROVIDER}`);
  const startTls = env.MAIL_USE_TLS === undefined ? 'SMTP_TLS' : 'MAIL_USE_TLS';
  if (env.MAIL_USE_SSL === true && env[startTls] === true)
    problems.push(`${startTls}: STARTTLS and MAIL_USE_SSL exclude each other`);
  return problems;
};

const PLACEHOLDER = /change[-_ ]?me|change[-_ ]?in|your[-_ ]|-here/i;

/** Development-only defaults and placeholders, which `staging` and `production` refuse: one sentence for each. */
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
  for (const name of ['SECRET_KEY', 'JWT_SECRET_KEY'] as const)
    if (PLACEHOLDER.test(env[name] ?? '')) problems.push(`${name}: looks like the placeholder of an example`);
  return problems;
};
