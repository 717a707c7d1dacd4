import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';

export interface Delivery {
  readonly to: string;
  readonly messageId: string;
}

/** The next mail to come, which gets no answer until somebody says so. */
export interface Hold {
  /** Resolves when the mail is there, and its sender waits for "250". */
  readonly arrived: Promise<Delivery>;
  readonly answer: () => void;
}

export interface SlowSmtp extends AsyncDisposable {
  readonly port: number;
  /** Every mail that was answered with "250", in that order. */
  readonly taken: readonly Delivery[];
  holdNext(): Hold;
}

/** A real mail server that is as slow as a test wants it. */
export const startSmtp = async (): Promise<SlowSmtp> => {
  const taken: Delivery[] = [];
  const holds: { arrive: (delivery: Delivery) => void; answered: Promise<void> }[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disableReverseLookup: true,
    disabledCommands: ['STARTTLS'],
    closeTimeout: 100,
    onData: (stream, { envelope }, done) => {
      void (async () => {
        const messageId = /^Message-ID: (.+)$/im.exec(await text(stream))?.[1]?.trim() ?? '';
        const delivery = { to: envelope.rcptTo.map(({ address }) => address).join(), messageId };
        const hold = holds.shift();
        hold?.arrive(delivery);
        await hold?.answered;
        taken.push(delivery);
        done();
      })();
    },
  });
  server.on('error', () => undefined); // Senders are killed here, in the middle of a sentence.
  const listener = server.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('the mail server has no port');
  return {
    port: address.port,
    taken,
    holdNext: () => {
      const { promise: arrived, resolve: arrive } = Promise.withResolvers<Delivery>();
      const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
      holds.push({ arrive, answered });
      return { arrived, answer };
    },
    [Symbol.asyncDispose]: () => new Promise((closed) => server.close(() => closed())),
  };
};
