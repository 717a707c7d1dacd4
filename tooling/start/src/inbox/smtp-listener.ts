import { buffer } from 'node:stream/consumers';
import { callbackify } from 'node:util';
import PostalMime, { type Address } from 'postal-mime';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';
import type { Arrival, Mailbox } from './mailbox.ts';

/** A listening server. */
export interface Listener {
  readonly port: number;
  readonly close: () => Promise<void>;
}

const MAX_MAIL_BYTES = 10 * 1024 * 1024;
const MAX_CLIENTS = 100;

/** An error that SMTPServer answers with its reply code. */
interface Refusal extends Error {
  readonly responseCode: number;
}

/** Recipients that are refused, so that a test can see how a sender handles it. */
export const REFUSALS = [
  { prefix: 'reject-550', code: 550, reason: 'Refused permanently, like an unknown mailbox' },
  { prefix: 'defer-451', code: 451, reason: 'Refused temporarily, like by a busy server' },
] as const;

/** The answer to RCPT TO; undefined accepts the recipient. */
const refusalFor = (address: string): Refusal | undefined => {
  const found = REFUSALS.find(({ prefix }) => address.toLowerCase().startsWith(prefix));
  return found && Object.assign(new Error(found.reason), { responseCode: found.code });
};

const readable = (address: Address | undefined): string => {
  if (address?.address === undefined) return '';
  return address.name === '' ? address.address : `${address.name} <${address.address}>`;
};

/** Parses a mail. Parts that cannot be parsed are empty. */
const parseMail = async (raw: Buffer, to: readonly string[]): Promise<Arrival> => {
  const mail = await PostalMime.parse(raw);
  return {
    from: readable(mail.from),
    to,
    subject: mail.subject ?? '',
    text: mail.text ?? '',
    html: mail.html ?? '',
    headers: Object.fromEntries(mail.headers.map(({ key, value }) => [key, value])),
    messageId: mail.messageId ?? '',
    receivedAt: new Date().toISOString(),
  };
};

const receive = async (stream: SMTPServerDataStream, session: SMTPServerSession, mailbox: Mailbox): Promise<void> => {
  const raw = await buffer(stream);
  if (stream.sizeExceeded) throw Object.assign(new Error('Message too large'), { responseCode: 552 });
  const recipients = session.envelope.rcptTo.map(({ address }) => address);
  mailbox.add(await parseMail(raw, recipients));
};

/** Accepts mail on loopback, without TLS and with any password. Rejects when `port` is in use. */
export const listenSmtp = (mailbox: Mailbox, port: number): Promise<Listener> => {
  const server = new SMTPServer({
    size: MAX_MAIL_BYTES,
    maxClients: MAX_CLIENTS,
    authOptional: true,
    allowInsecureAuth: true,
    // Its certificate would not be trusted.
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    onAuth: (auth, _session, done) => done(null, { user: auth.username ?? 'anonymous' }),
    onRcptTo: ({ address }, _session, done) => done(refusalFor(address)),
    onData: callbackify((stream: SMTPServerDataStream, session: SMTPServerSession) =>
      receive(stream, session, mailbox),
    ),
  });
  // A client may hang up at any time.
  server.on('error', () => undefined);
  return new Promise((resolve, reject) => {
    server.server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.server.address();
      const given = typeof address === 'object' ? address?.port : undefined;
      resolve({ port: given ?? port, close: () => new Promise((closed) => server.close(() => closed())) });
    });
  });
};
