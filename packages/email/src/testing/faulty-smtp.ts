import { once } from 'node:events';
import type { Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';

interface Delivery {
  readonly to: string;
  readonly messageId: string;
  /** Milliseconds of `performance.now()`. */
  readonly at: number;
}

/** What follows a mail: "250", another code, the end of the connection, or nothing. */
export type SmtpMode = 'works' | 451 | 550 | 'closes' | 'hangs';

/** A mail server on loopback whose faults a test switches on and off. */
export interface FaultySmtp {
  readonly port: number;
  /** The mails that were answered with "250", in that order. */
  readonly taken: readonly Delivery[];
  /** How many mails have arrived, whatever followed. */
  arrived(): number;
  /** Chooses what follows a mail by its recipient. */
  set(modeOf: (to: string) => SmtpMode): void;
  /** Breaks every connection and refuses new ones. */
  down(): Promise<void>;
  up(): Promise<void>;
}

const settings = {
  authOptional: true,
  disableReverseLookup: true,
  disabledCommands: ['STARTTLS'],
  closeTimeout: 1,
};

const portOf = ({ server }: SMTPServer): number => {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the mail server has no port');
  return address.port;
};

/** Starts the server, which works until the test says otherwise. */
export const startFaultySmtp = async (): Promise<FaultySmtp> => {
  const taken: Delivery[] = [];
  const sockets = new Set<Socket>();
  let modeOf: (to: string) => SmtpMode = () => 'works';
  let arrived = 0;
  let server: SMTPServer | undefined;

  const answer = async (
    stream: SMTPServerDataStream,
    { envelope, remotePort }: SMTPServerSession,
    done: (error?: Error) => void,
  ): Promise<void> => {
    // The sender may be gone before the mail is complete.
    const mail = await text(stream).catch(() => undefined);
    if (mail === undefined) return;
    const messageId = /^Message-ID: (.+)$/im.exec(mail)?.[1]?.trim() ?? '';
    const to = envelope.rcptTo.map(({ address }) => address).join();
    arrived += 1;
    const mode = modeOf(to);
    if (mode === 'works') {
      taken.push({ to, messageId, at: performance.now() });
      done();
    } else if (mode === 'closes')
      for (const socket of sockets) {
        if (socket.remotePort === remotePort) socket.destroy();
      }
    else if (mode !== 'hangs') done(Object.assign(new Error('not now'), { responseCode: mode }));
  };
  const listen = async (port: number): Promise<number> => {
    server = new SMTPServer({ ...settings, onData: (...args) => void answer(...args) });
    server.on('error', () => undefined); // Broken connections are expected.
    server.server.on('connection', (socket: Socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
    });
    await once(server.listen(port, '127.0.0.1'), 'listening');
    return portOf(server);
  };
  const port = await listen(0);
  return {
    port,
    taken,
    arrived: () => arrived,
    set: (next) => {
      modeOf = next;
    },
    down: async () => {
      const closed = new Promise<void>((resolve) => server?.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
    up: async () => void (await listen(port)),
  };
};
