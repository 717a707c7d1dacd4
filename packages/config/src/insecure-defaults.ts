import type { Env } from './env.ts';

const PLACEHOLDER = /change[-_ ]?me|change[-_ ]?in|your[-_ ]|-here/i;

/**
 * What `staging` and `production` refuse: values that are made up or guessed when nobody is there to be harmed.
 * One sentence per mistake.
 */
export const insecureDefaults = (env: Env): string[] => {
  if (env.APP_ENV !== 'production' && env.APP_ENV !== 'staging') return [];
  const mistakes: string[] = [];
  const missing = (name: keyof Env, reason: string) => {
    if (env[name] === undefined) mistakes.push(`${name}: required with APP_ENV=${env.APP_ENV}, ${reason}`);
  };
  missing('SECRET_KEY', 'as every key is derived from it; make one with: openssl rand -base64 48');
  missing('DATABASE_URL', 'as the embedded PostgreSQL is for development');
  missing('PUBLIC_URL', 'as tokens name it as their issuer');
  missing('FRONTEND_URL', 'as mailed links point there');
  if (env.MAIL_SERVER === undefined && env.SMTP_HOST === undefined && env.MAIL_USERNAME === undefined)
    mistakes.push(`MAIL_SERVER: required with APP_ENV=${env.APP_ENV}, as the development inbox delivers to nobody`);
  for (const name of ['SECRET_KEY', 'JWT_SECRET_KEY'] as const)
    if (PLACEHOLDER.test(env[name] ?? '')) mistakes.push(`${name}: looks like the placeholder of an example`);
  return mistakes;
};
