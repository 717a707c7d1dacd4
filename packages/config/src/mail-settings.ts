import type { Env } from './env.ts';
import { isLoopback } from './weak-values.ts';

/** How mails are sent. `secure` means TLS from the first byte, `requireTls` means STARTTLS. */
export interface MailSettings {
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
  readonly requireTls: boolean;
  readonly username?: string;
  readonly password?: string;
  readonly sender: { readonly name: string; readonly email: string };
}

const host = (env: Env): string | undefined =>
  env.MAIL_SERVER ?? env.SMTP_HOST ?? (env.MAIL_USERNAME === undefined ? undefined : 'smtp.gmail.com');

/** What the variables say about TLS: from the first byte (`secure`), or by STARTTLS. */
const encryption = (env: Env) => {
  const startTls = env.MAIL_USE_TLS ?? env.SMTP_TLS ?? false;
  const submission = startTls || (env.SMTP_HOST !== undefined && env.MAIL_SERVER === undefined);
  return { startTls, submission, secure: env.MAIL_USE_SSL ?? !submission };
};

const mayBeInClear = (env: Env, server: string): boolean =>
  env.APP_ENV === 'development' || env.APP_ENV === 'test' || env.MAIL_ALLOW_PLAINTEXT || isLoopback(server);

/**
 * The variable that turns TLS off for a server that needs it: outside development, one that is not on loopback, unless
 * MAIL_ALLOW_PLAINTEXT is set. Undefined if mails are encrypted.
 */
export const plaintextVariable = (env: Env): string | undefined => {
  const server = host(env);
  const { secure, startTls } = encryption(env);
  if (server === undefined || secure || startTls || mayBeInClear(env, server)) return undefined;
  // Without MAIL_USE_SSL=false and MAIL_USE_TLS=false the variables do not say: then STARTTLS is required.
  const names = ['MAIL_USE_SSL', 'MAIL_USE_TLS', 'SMTP_TLS'] as const;
  return names.find((name) => env[name] === false);
};

/**
 * The settings from MAIL_* or, for each one that is not set, SMTP_*. With STARTTLS (MAIL_USE_TLS, SMTP_TLS) or SMTP_HOST,
 * the default port is 587 and the default of MAIL_USE_SSL is false. Outside development STARTTLS is required where TLS from
 * the first byte is not used, except as in `plaintextVariable`. Undefined without a mail server.
 */
export const mailSettings = (env: Env, publicUrl: string): MailSettings | undefined => {
  const server = host(env);
  if (server === undefined) return undefined;
  const { startTls, submission, secure } = encryption(env);
  const username = env.MAIL_USERNAME ?? env.SMTP_USER;
  const password = env.MAIL_PASSWORD ?? env.SMTP_PASSWORD;
  const email =
    env.MAIL_SENDER_EMAIL ?? (username?.includes('@') ? username : `no-reply@${new URL(publicUrl).hostname}`);
  return {
    host: server,
    port: env.MAIL_PORT ?? env.SMTP_PORT ?? (submission ? 587 : 465),
    secure,
    // Otherwise an attacker on the way could remove STARTTLS from the server's answer and read the mails.
    requireTls: startTls || (!secure && !mayBeInClear(env, server)),
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    sender: { name: env.MAIL_SENDER_NAME ?? env.APP_NAME, email },
  };
};
