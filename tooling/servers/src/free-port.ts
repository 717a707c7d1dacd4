import { once } from 'node:events';
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

// Linux assigns ports from 32768 on to outgoing connections. A port below cannot be taken by one of them while a test
// stops a server and starts it again.
const LOWEST = 20_000;
const HIGHEST = 32_767;

const isFree = async (port: number): Promise<boolean> => {
  const server = createServer();
  try {
    server.listen({ port, host: '127.0.0.1', exclusive: true });
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
};

/** A port on loopback that is free now, and that the system does not assign to an outgoing connection. */
export const freePort = async (): Promise<number> => {
  for (;;) {
    const port = randomInt(LOWEST, HIGHEST + 1);
    if (await isFree(port)) return port;
  }
};
