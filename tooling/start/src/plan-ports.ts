import type { Config } from '@moonlight/config';
import { portChooser } from './choose-port.ts';

/** Where everything will listen. */
export interface Ports {
  readonly api: number;
  readonly worker: number;
  readonly web: number;
  readonly inbox: number;
  readonly inboxSmtp: number;
}

const LOOPBACK = '127.0.0.1';

const AT_HOME = /^http:\/\/(?:localhost|127\.0\.0\.1|\[::1\]):(?<port>\d+)/;

/** The port of the address that mailed links point to, where that is on this machine: the pages have to be there. */
const frontendPort = (env: NodeJS.ProcessEnv): string | undefined =>
  AT_HOME.exec(env['FRONTEND_URL'] ?? '')?.groups?.['port'];

/** Chooses all ports before anything is started, so that a taken one is a sentence and not a half-start. */
export const planPorts = async (env: NodeJS.ProcessEnv, { http }: Config): Promise<Ports> => {
  const choose = portChooser();
  const wish = (variable: string, fallback: number, host: string): Promise<number> =>
    choose({ variable, value: env[variable], fallback, host });
  const webPort = env['WEB_PORT'] || frontendPort(env);
  return {
    api: await wish('PORT', 3000, http.host),
    worker: await choose({ variable: 'WORKER_PORT', value: env['WORKER_PORT'] || '0', fallback: 0, host: http.host }),
    web: await choose({ variable: 'WEB_PORT', value: webPort, fallback: 5173, host: http.host }),
    inbox: await wish('INBOX_PORT', 1080, LOOPBACK),
    inboxSmtp: await wish('INBOX_SMTP_PORT', 1025, LOOPBACK),
  };
};
