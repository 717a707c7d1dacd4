import { createServer } from 'node:net';
import type { Config } from '@moonlight/config';

/** The ports that everything will listen on. */
export interface Ports {
  readonly api: number;
  readonly worker: number;
  readonly web: number;
  readonly inbox: number;
  readonly inboxSmtp: number;
}

interface PortRequest {
  readonly variable: string;
  /** The variable's value in the environment; an empty one counts as not set. */
  readonly value: string | undefined;
  readonly fallback: number;
  readonly host: string;
}

const HIGHEST_PORT = 65_535;
const LOOPBACK = '127.0.0.1';

/** Listens on `port` for a moment; resolves with the port, or undefined when it is in use. 0 takes any free port. */
const probe = (port: number, host: string): Promise<number | undefined> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ port, host, exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' ? address?.port : undefined));
    });
  });

/** The ports to try, in order: the one that was set (0 is any), or the default and those after it. */
function* candidates({ value, fallback }: PortRequest): Generator<number, void> {
  if (value !== undefined && value !== '') yield Number(value);
  else for (let port = fallback; port <= HIGHEST_PORT; port += 1) yield port;
}

/**
 * Chooses free ports, each one once. A port that was set must be free; a default port that is in use is replaced by the
 * next free one; 0 takes any.
 */
const portChooser = (): ((request: PortRequest) => Promise<number>) => {
  const chosen = new Set<number>();
  const findFree = async (port: number, host: string): Promise<number | undefined> => {
    if (chosen.has(port)) return undefined;
    const found = await probe(port, host);
    // The system may offer a port that was chosen before, because no process listens on it yet.
    if (found === undefined || !chosen.has(found)) return found;
    return findFree(port, host);
  };
  return async (request) => {
    for (const port of candidates(request)) {
      const found = await findFree(port, request.host);
      if (found !== undefined) {
        chosen.add(found);
        return found;
      }
    }
    const { variable, value, host } = request;
    throw new Error(
      `${variable}=${value} is in use on ${host}. Free that port, set another one, or let the system choose: ${variable}=0.`,
    );
  };
};

const ON_THIS_MACHINE = /^http:\/\/(?:localhost|127\.0\.0\.1|\[::1\]):(?<port>\d+)/;

/** The port of FRONTEND_URL, where mailed links point to, if that is on this machine: the pages must be served there. */
const frontendPort = (env: NodeJS.ProcessEnv): string | undefined =>
  ON_THIS_MACHINE.exec(env['FRONTEND_URL'] ?? '')?.groups?.['port'];

/** Chooses all ports before any process is started. Rejects with a sentence when a port that was set is in use. */
export const planPorts = async (env: NodeJS.ProcessEnv, { http: { host } }: Config): Promise<Ports> => {
  const choose = portChooser();
  const value = (name: string): string | undefined => env[name];
  return {
    api: await choose({ variable: 'PORT', value: value('PORT'), fallback: 3000, host }),
    worker: await choose({ variable: 'WORKER_PORT', value: value('WORKER_PORT') || '0', fallback: 0, host }),
    web: await choose({ variable: 'WEB_PORT', value: value('WEB_PORT') || frontendPort(env), fallback: 5173, host }),
    inbox: await choose({ variable: 'INBOX_PORT', value: value('INBOX_PORT'), fallback: 1080, host: LOOPBACK }),
    inboxSmtp: await choose({
      variable: 'INBOX_SMTP_PORT',
      value: value('INBOX_SMTP_PORT'),
      fallback: 1025,
      host: LOOPBACK,
    }),
  };
};
