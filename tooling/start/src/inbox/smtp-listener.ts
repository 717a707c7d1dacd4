import { buffer } from 'node:stream/consumers';
import { callbackify } from 'node:util';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';
import type { Mailbox } from './mailbox.ts';
import { parseMail } from './parse-mail.ts';
import { refusalFor } from './recipient-behaviour.ts';

/** A listening server. */
export interface Listener {
  readonly port: number;
  readonly close: () => Promise<void>;
}

const MAX_MAIL_BYTES = 10 * 1024 * 1024;
const MAX_CLIENTS = 100;

const receive = async (stream: SMTPServerDataStream, session: SMTPServerSession, mailbox: Mailbox): Promise<void> => {
  const raw = await buffer(stream);
  if (stream.sizeExceeded) throw Object.assign(new Error('Message too large'), { responseCode: 552 });
  const recipients = session.envelope.rcptTo.map(({ address }) => address);
  mailbox.add(await parseMail(raw, recipients));
};

/** Takes mail on loopback without TLS and with any password; rejects when `port` is taken. */
export const listenSmtp = (mailbox: Mailbox, port: number): Promise<Listener> => {
  const server = new SMTPServer({
    size: MAX_MAIL_BYTES,
    maxClients: MAX_CLIENTS,
    authOptional: true,
    allowInsecureAuth: true,
    // It would offer a certificate nobody trusts.
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    onAuth: (auth, _session, done) => done(null, { user: auth.username ?? 'anybody' }),
    onRcptTo: ({ address }, _session, done) => done(refusalFor(address)),
    onData: callbackify((stream: SMTPServerDataStream, session: SMTPServerSession) =>
      receive(stream, session, mailbox),
    ),
  });
  // A client that hangs up in the middle is no reason to fall over.
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
