import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export interface SeverableProxy {
  readonly port: number;
  /** Breaks every connection and refuses new ones, as a server that went down. */
  sever(): Promise<void>;
  /** Leaves connections open, but carries nothing any more, as a network that drops packets. */
  freeze(): void;
  restore(): Promise<void>;
  stop(): Promise<void>;
}

/** Stands between a client and a real server on loopback, so that a test can take the server away and bring it back. */
export const startSeverableProxy = async (targetPort: number): Promise<SeverableProxy> => {
  const sockets = new Set<Socket>();
  let frozen = false;
  const server = createServer((client) => {
    const upstream = connect(targetPort, '127.0.0.1');
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.on('data', (chunk) => {
        if (!frozen) to.write(chunk);
      });
      from.on('error', () => undefined);
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  const listen = async (port: number): Promise<number> => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('The proxy has no port');
    return address.port;
  };
  const sever = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.resetAndDestroy();
    await closed;
  };
  const port = await listen(0);
  return {
    port,
    sever,
    freeze: () => {
      frozen = true;
    },
    restore: async () => {
      frozen = false;
      if (!server.listening) await listen(port);
    },
    stop: sever,
  };
};
