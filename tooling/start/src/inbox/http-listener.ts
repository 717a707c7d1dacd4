import { createServer } from 'node:http';
import type { Mailbox } from './mailbox.ts';
import { route } from './routes.ts';
import type { Listener } from './smtp-listener.ts';

/** Serves the page and the JSON API on loopback; rejects when `port` is taken. */
export const listenHttp = (mailbox: Mailbox, port: number): Promise<Listener> => {
  const server = createServer((request, response) => {
    route({ request, response, mailbox }).catch(() => response.destroy());
  });
  const close = (): Promise<void> =>
    new Promise((closed) => {
      server.close(() => closed());
      server.closeAllConnections();
    });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      resolve({ port: typeof address === 'object' ? (address?.port ?? port) : port, close });
    });
  });
};
