import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export interface CuttableProxy {
  readonly url: string;
  /**
   * Passes the next requests for a procedure on, and cuts the connection when their answers come: the service has done its
   * work by then.
   */
  loseAnswers(procedure: string, count: number): void;
  close(): Promise<void>;
}

/** A TCP connection to a server that can be cut where it hurts most. */
export const startCuttableProxy = async (target: string): Promise<CuttableProxy> => {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  const toLose = { procedure: '', count: 0 };
  const track = (socket: Socket): Socket => {
    sockets.add(socket);
    // A cut connection fails on one side or the other, which is the point.
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    return socket;
  };
  const isToBeLost = (request: Buffer): boolean => {
    const start = request.toString('latin1', 0, 128);
    const isCall = ['GET', 'POST'].some((method) => start.startsWith(`${method} /trpc/${toLose.procedure}`));
    if (toLose.count === 0 || !isCall) return false;
    toLose.count -= 1;
    return true;
  };
  const server = createServer((caller) => {
    const service = track(connect(Number(port), hostname));
    let isDoomed = false;
    track(caller).on('data', (chunk) => {
      isDoomed ||= isToBeLost(chunk);
      service.write(chunk);
    });
    service.on('data', (chunk) => {
      if (isDoomed) caller.destroy();
      else caller.write(chunk);
    });
    caller.on('close', () => service.destroy());
    service.on('close', () => caller.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP port was expected');
  return {
    url: `http://127.0.0.1:${address.port}`,
    loseAnswers: (procedure, count) => {
      Object.assign(toLose, { procedure, count });
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
};
