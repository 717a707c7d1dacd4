import { MailRefusedError, type MailSender, type OutgoingMail } from '@moonlight/auth';
import { accountEmailField } from '@moonlight/contracts';
import { createTransport } from 'nodemailer';
import { renderMail } from '../render-mail.tsx';
import { toSendingFailure } from './to-sending-failure.ts';

export interface MailSenderOptions {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte (MAIL_USE_SSL). */
  readonly secure: boolean;
  /** Requires STARTTLS (MAIL_USE_TLS). If neither is set, STARTTLS is used when the server offers it. */
  readonly requireTls: boolean;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly sender: { readonly name: string; readonly email: string };
  readonly appName: string;
  /** The most connections kept open, and so the most mails sent at the same time; default 10. */
  readonly connections?: number | undefined;
}

/** Limits one delivery as a whole, in milliseconds: a server that answers byte by byte never triggers a socket timeout. */
const deliveryTimeoutMs = 20_000;

const authOf = ({ username, password }: MailSenderOptions) =>
  username === undefined ? {} : { auth: { user: username, pass: password ?? '' } };

/** A pool of SMTP connections. Timeouts are in milliseconds; together they stay well under 30 s. */
const createPool = (options: MailSenderOptions) => {
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
    // No mail has attachments, so no mail content may make nodemailer read a file or fetch a URL.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
};

/**
 * Sends mails by SMTP over a pool of connections. `send` resolves when the server has accepted the mail ("250"). It rejects
 * with MailRefusedError when the server refused the mail permanently, and within 20 seconds with another Error when a
 * retry may succeed. All deliveries of one outbox row have the same Message-ID, so that a duplicate can be recognised.
 * `verify` connects and logs in to the mail server; it rejects when that fails. `close` also ends the connections that are
 * sending: their `send` rejects.
 */
export const createMailSender = (
  options: MailSenderOptions,
): MailSender & { verify(): Promise<void>; close(): void } => {
  const transport = createPool(options);
  const { sender, appName } = options;
  const domain = sender.email.slice(sender.email.lastIndexOf('@') + 1);

  const compose = ({ id, mail }: OutgoingMail) => {
    // A line break in an address would end the header or the SMTP command, and the rest would be read as a new one.
    const address = accountEmailField.safeParse(mail.to);
    if (!address.success) throw new MailRefusedError('The recipient is not an email address');
    return {
      ...renderMail(mail, { appName }),
      from: { name: sender.name, address: sender.email },
      to: { name: '', address: address.data },
      envelope: { from: sender.email, to: [address.data] },
      messageId: `<${id}@${domain}>`,
      // Without it nodemailer reads each text twice, character by character, to choose one.
      textEncoding: mail.locale === 'en' ? ('quoted-printable' as const) : ('base64' as const),
      headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
    };
  };
  return {
    send: async (outgoing) => {
      const message = compose(outgoing);
      // Not `AbortSignal.timeout`: its timer would keep each mail in memory for 20 s after it was sent.
      const givingUp = new AbortController();
      const timer = setTimeout(() => givingUp.abort(), deliveryTimeoutMs);
      try {
        await transport.sendMail({ ...message, signal: givingUp.signal });
      } catch (error) {
        throw toSendingFailure(error);
      } finally {
        clearTimeout(timer);
      }
    },
    verify: async () => {
      try {
        await transport.verify();
      } catch (error) {
        throw toSendingFailure(error);
      }
    },
    close: () => transport.close({ force: true }),
  };
};
