import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';

export interface LoopbackServer {
  readonly port: number;
  /** Without a slash at the end. */
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** Starts an HTTP server on a free port of 127.0.0.1. */
export const startLoopbackServer = async (handler: RequestListener): Promise<LoopbackServer> => {
  const server = createServer(handler);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP port was expected');
  return {
    port: address.port,
    url: `http://127.0.0.1:${address.port}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
};

export interface PublishedKeys {
  readonly url: string;
  /** How often the keys were requested. */
  requests(): number;
  /** Answers every request with 503 until `comeBack`. */
  goAway(): void;
  comeBack(): void;
  /** Delays all answers until the returned function is called. */
  hold(): () => void;
  close(): Promise<void>;
}

/** Serves the keys of a service, as a cache in front of it would, and counts the requests. */
export const publishKeys = async (service: string): Promise<PublishedKeys> => {
  let requests = 0;
  let isAway = false;
  let held = Promise.resolve();
  const { url, close } = await startLoopbackServer((_request, response) => {
    requests += 1;
    if (isAway) return void response.writeHead(503).end('<h1>Service Unavailable</h1>');
    return void held
      .then(() => fetch(`${service}/.well-known/jwks.json`))
      .then((answer) => answer.text())
      .then((keys) => response.writeHead(200, { 'content-type': 'application/json' }).end(keys));
  });
  return {
    url: `${url}/jwks.json`,
    requests: () => requests,
    goAway: () => {
      isAway = true;
    },
    comeBack: () => {
      isAway = false;
    },
    hold: () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      held = promise;
      return resolve;
    },
    close,
  };
};
