import type { Env } from './env.ts';

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

/**
 * The settings from MAIL_* or, for each one that is not set, SMTP_*. With STARTTLS (MAIL_USE_TLS, SMTP_TLS) or SMTP_HOST,
 * the default port is 587 and the default of MAIL_USE_SSL is false. Undefined without a mail server.
 */
export const mailSettings = (env: Env, publicUrl: string): MailSettings | undefined => {
  const server = host(env);
  if (server === undefined) return undefined;
  const startTls = env.MAIL_USE_TLS ?? env.SMTP_TLS ?? false;
  const submission = startTls || (env.SMTP_HOST !== undefined && env.MAIL_SERVER === undefined);
  const username = env.MAIL_USERNAME ?? env.SMTP_USER;
  const password = env.MAIL_PASSWORD ?? env.SMTP_PASSWORD;
  const email =
    env.MAIL_SENDER_EMAIL ?? (username?.includes('@') ? username : `no-reply@${new URL(publicUrl).hostname}`);
  return {
    host: server,
    port: env.MAIL_PORT ?? env.SMTP_PORT ?? (submission ? 587 : 465),
    secure: env.MAIL_USE_SSL ?? !submission,
    requireTls: startTls,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    sender: { name: env.MAIL_SENDER_NAME ?? env.APP_NAME, email },
  };
};
