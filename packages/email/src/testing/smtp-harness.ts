import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import type { Mail } from '@moonlight/auth';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer, type SMTPServerOptions, type SMTPServerSession } from 'smtp-server';
import { afterEach } from 'vitest';
import { createMailSender, type MailSenderOptions } from '../smtp/create-mail-sender.ts';

export const outboxId = '01890000-0000-7000-8000-000000000001';

export const codeMail: Mail = {
  kind: 'reset-code',
  to: 'alice@example.com',
  locale: 'en',
  username: 'alice',
  code: '042195',
  expiresInMinutes: 10,
};

/** The reason with which a promise rejects; undefined when it resolves. */
export const failureOf = (promise: Promise<void>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

interface Delivery {
  readonly from: string | undefined;
  readonly to: readonly string[];
  readonly raw: string;
  readonly mail: Email;
}

export interface TestSmtpServer {
  readonly port: number;
  readonly deliveries: readonly Delivery[];
  stop(): Promise<void>;
}

const deliveryOf = async (raw: string, { envelope }: SMTPServerSession): Promise<Delivery> => ({
  from: envelope.mailFrom === false ? undefined : envelope.mailFrom.address,
  to: envelope.rcptTo.map(({ address }) => address),
  raw,
  mail: await PostalMime.parse(raw),
});

/** Starts a real SMTP server on loopback. A mail is in `deliveries` before the server answers "250". */
const startSmtpServer = async (options: SMTPServerOptions): Promise<TestSmtpServer> => {
  const deliveries: Delivery[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disableReverseLookup: true,
    disabledCommands: ['STARTTLS'],
    closeTimeout: 100,
    onData: (stream, session, done) => {
      void (async () => {
        deliveries.push(await deliveryOf(await text(stream), session));
        done();
      })();
    },
    ...options,
  });
  server.on('error', () => undefined); // Some tests make the client hang up.
  const listener = server.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port');
  return { port: address.port, deliveries, stop: () => new Promise((resolve) => server.close(() => resolve())) };
};

/** Servers and senders for one test file. Those that a test starts are closed after it. */
export const smtpHarness = () => {
  let closeables: { close(): unknown }[] = [];
  afterEach(async () => {
    for (const closeable of closeables) await closeable.close();
    closeables = [];
  });
  return {
    startServer: async (options: SMTPServerOptions = {}): Promise<TestSmtpServer> => {
      const server = await startSmtpServer(options);
      closeables.push({ close: () => server.stop() });
      return server;
    },
    senderTo: (port: number, options: Partial<MailSenderOptions> = {}) => {
      const sender = createMailSender({
        host: '127.0.0.1',
        port,
        secure: false,
        requireTls: false,
        sender: { name: 'Moonlight', email: 'no-reply@moonlight.example' },
        appName: 'Moonlight',
        ...options,
      });
      closeables.unshift(sender);
      return sender;
    },
    closeLater: (close: () => unknown): void => void closeables.push({ close }),
  };
};
