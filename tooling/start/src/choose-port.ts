import { createServer } from 'node:net';

/** Which port somebody would like. */
export interface PortWish {
  readonly variable: string;
  /** As it stands in the environment; empty counts as absent. */
  readonly value: string | undefined;
  readonly fallback: number;
  readonly host: string;
}

const HIGHEST_PORT = 65_535;

const probe = (port: number, host: string): Promise<number | undefined> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ port, host, exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' ? address?.port : undefined));
    });
  });

/** The ports to try, in order: the named one alone, any, or the default and those after it. */
function* candidates({ value, fallback }: PortWish): Generator<number, void> {
  if (value !== undefined && value !== '') yield Number(value);
  else for (let port = fallback; port <= HIGHEST_PORT; port += 1) yield port;
}

/**
 * Gives out ports nobody listens on, none of them twice. One that was asked for by name must be free, a default gives
 * way to the next one, and 0 takes any.
 */
export const portChooser = (): ((wish: PortWish) => Promise<number>) => {
  const given = new Set<number>();
  const take = async (port: number, host: string): Promise<number | undefined> => {
    if (given.has(port)) return undefined;
    const found = await probe(port, host);
    // The system may offer one we have given away, since nobody listens on it yet.
    if (found === undefined || !given.has(found)) return found;
    return take(port, host);
  };
  return async (wish) => {
    for (const port of candidates(wish)) {
      const found = await take(port, wish.host);
      if (found !== undefined) {
        given.add(found);
        return found;
      }
    }
    const { variable, value, host } = wish;
    throw new Error(
      `${variable}=${value} is taken on ${host}. Free it, choose another one, or take any: ${variable}=0.`,
    );
  };
};
