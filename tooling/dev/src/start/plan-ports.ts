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

/** Chooses all ports before anything is started, so that a taken one is a sentence and not a half-start. */
export const planPorts = async (env: NodeJS.ProcessEnv, { http }: Config): Promise<Ports> => {
  const choose = portChooser();
  const wish = (variable: string, fallback: number, host: string): Promise<number> =>
    choose({ variable, value: env[variable], fallback, host });
  return {
    api: await wish('PORT', 3000, http.host),
    worker: await choose({ variable: 'WORKER_PORT', value: env['WORKER_PORT'] || '0', fallback: 0, host: http.host }),
    web: await wish('WEB_PORT', 5173, http.host),
    inbox: await wish('INBOX_PORT', 1080, LOOPBACK),
    inboxSmtp: await wish('INBOX_SMTP_PORT', 1025, LOOPBACK),
  };
};
