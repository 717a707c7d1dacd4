import { createServer } from 'node:net';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';

const HIGHEST_PORT = 65_535;

/** The port the system gave when asked for `port` on loopback (0: any), or undefined when it is taken. */
const probe = (port: number): Promise<number | undefined> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' ? address?.port : undefined));
    });
  });

/**
 * A loopback port nobody listens on: `named` itself or a PORT_TAKEN error, 0 for any, and without `named` the first
 * free one from `first` on. Nothing holds it: whoever binds it next must be ready to find it taken after all.
 */
export const findFreePort = async (named: number | undefined, first: number): Promise<number> => {
  if (named !== undefined) {
    const port = await probe(named);
    if (port === undefined) throw new EmbeddedPostgresError('PORT_TAKEN', `Port ${named} is taken.`);
    return port;
  }
  for (let port = first; port <= HIGHEST_PORT; port += 1) {
    if ((await probe(port)) !== undefined) return port;
  }
  throw new EmbeddedPostgresError('PORT_TAKEN', `No port from ${first} on is free.`);
};
