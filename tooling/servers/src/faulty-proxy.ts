import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** A TCP proxy on loopback whose faults a test switches on and off. */
export interface FaultyProxy {
  readonly port: number;
  /** The target's URL with the proxy's host and port. */
  readonly url: string;
  /** Breaks every connection and refuses new ones, like a server that is down. */
  sever(): Promise<void>;
  /** Keeps connections open but forwards nothing, like a network that drops packets. */
  freeze(): void;
  /** Forwards nothing more on the open connections; new ones work. Like a failover to a server that does not know them. */
  forget(): void;
  /** Ends `sever` and `freeze`. */
  restore(): Promise<void>;
  /**
   * Forwards the next `count` HTTP requests for a path that starts with `path`, and breaks their connections when the
   * answers arrive: the server has done the work by then.
   */
  loseAnswers(path: string, count: number): void;
  close(): Promise<void>;
}

interface Faults {
  isFrozen: boolean;
  forgotten: number;
  lostPath: string;
  lostAnswers: number;
}

/** Whether `chunk` starts a request whose answer is to be lost; counts it. */
const losesAnswer = (faults: Faults, chunk: Buffer): boolean => {
  const start = chunk.toString('latin1', 0, 128);
  const isMatch = ['GET', 'POST'].some((method) => start.startsWith(`${method} ${faults.lostPath}`));
  if (faults.lostAnswers === 0 || !isMatch) return false;
  faults.lostAnswers -= 1;
  return true;
};

const forward = (client: Socket, upstream: Socket, faults: Faults): void => {
  let isAnswerLost = false;
  const { forgotten } = faults;
  const isSilent = () => faults.isFrozen || faults.forgotten !== forgotten;
  client.on('data', (chunk) => {
    if (isSilent()) return;
    isAnswerLost ||= losesAnswer(faults, chunk);
    upstream.write(chunk);
  });
  upstream.on('data', (chunk) => {
    if (isAnswerLost) client.destroy();
    else if (!isSilent()) client.write(chunk);
  });
};

const listen = async (server: Server, port: number): Promise<number> => {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The proxy has no TCP port.');
  return address.port;
};

/** Starts a proxy in front of the server at `target`, a URL with a host and a port. */
export const startFaultyProxy = async (target: string): Promise<FaultyProxy> => {
  const { host, hostname, port: targetPort } = new URL(target);
  const faults: Faults = { isFrozen: false, forgotten: 0, lostPath: '', lostAnswers: 0 };
  const sockets = new Set<Socket>();
  const track = (socket: Socket, other: Socket): void => {
    sockets.add(socket);
    // A broken connection is an error on both sides, and the tests expect it.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      sockets.delete(socket);
      other.destroy();
    });
  };
  const server = createServer((client) => {
    const upstream = connect(Number(targetPort), hostname);
    track(client, upstream);
    track(upstream, client);
    forward(client, upstream, faults);
  });
  const sever = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.resetAndDestroy();
    await closed;
  };
  const port = await listen(server, 0);
  return {
    port,
    url: target.replace(host, `127.0.0.1:${port}`),
    sever,
    freeze: () => {
      faults.isFrozen = true;
    },
    forget: () => {
      faults.forgotten += 1;
    },
    restore: async () => {
      faults.isFrozen = false;
      if (!server.listening) await listen(server, port);
    },
    loseAnswers: (lostPath, lostAnswers) => {
      Object.assign(faults, { lostPath, lostAnswers });
    },
    close: sever,
  };
};
