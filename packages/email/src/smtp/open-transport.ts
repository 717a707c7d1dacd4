import { createTransport } from 'nodemailer';
import type { MailSenderOptions } from './mail-sender-options.ts';

const authOf = ({ username, password }: MailSenderOptions) =>
  username === undefined ? {} : { auth: { user: username, pass: password ?? '' } };

/** A pool of SMTP connections. Each wait is bounded, in milliseconds: all of them together stay well under 30 s. */
export const openTransport = (options: MailSenderOptions) => {
  const { host, port, secure, requireTls } = options;
  return createTransport({
    pool: true,
    host,
    port,
    secure,
    requireTLS: requireTls,
    opportunisticTLS: !secure && !requireTls,
    ...authOf(options),
    maxConnections: options.connections ?? 10,
    maxMessages: Infinity,
    connectionTimeout: 5_000,
    greetingTimeout: 5_000,
    socketTimeout: 10_000,
    idleTimeout: 30_000,
    // A mail is made of our own text alone: whatever got into it, it must not make nodemailer read a file or fetch a page.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
};
