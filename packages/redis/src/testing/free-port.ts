import { once } from 'node:events';
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

// The system takes the ports of outgoing connections from 32768 on (Linux) or higher. Below, none of them can come in
// between when a server is stopped here and started anew.
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

/** A port on loopback that nobody listened on a moment ago, and that no connection is given by chance. */
export const freePort = async (): Promise<number> => {
  for (;;) {
    const port = randomInt(LOWEST, HIGHEST + 1);
    if (await isFree(port)) return port;
  }
};
