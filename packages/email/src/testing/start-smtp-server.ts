import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer, type SMTPServerOptions, type SMTPServerSession } from 'smtp-server';

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

/** A real SMTP server on loopback. Mails arrive in `deliveries` before the server says "250". */
export const startSmtpServer = async (options: SMTPServerOptions = {}): Promise<TestSmtpServer> => {
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
  server.on('error', () => undefined); // A client that hangs up is what some tests are about.
  const listener = server.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port');
  return { port: address.port, deliveries, stop: () => new Promise((resolve) => server.close(() => resolve())) };
};
