import { join } from 'node:path';
import type { WebServerOptions } from './web-server.ts';

const portFrom = (value: string): number => {
  const port = Number(value);
  if (!/^\d{1,5}$/.test(value) || port > 65_535) throw new Error('WEB_PORT must be a whole number from 0 to 65535');
  return port;
};

const webUrlFrom = (value: string): string => {
  const url = URL.parse(value);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new Error('PUBLIC_URL must be an http:// or https:// address');
  }
  return value.replace(/\/+$/, '');
};

/** The web server's options from the environment; an empty variable counts as unset. Throws an error that names the variable. */
export const readSettings = (env: NodeJS.ProcessEnv): WebServerOptions => ({
  folder: join(import.meta.dirname, '..', 'dist'),
  host: env['HOST'] || '127.0.0.1',
  port: portFrom(env['WEB_PORT'] || '5173'),
  publicUrl: webUrlFrom(env['PUBLIC_URL'] || `http://localhost:${env['PORT'] || '3000'}`),
  appName: env['APP_NAME'] || 'Moonlight',
});
