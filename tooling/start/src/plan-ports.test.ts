import { once } from 'node:events';
import { createServer } from 'node:net';
import { loadConfig } from '@moonlight/config';
import { expect, test } from 'vitest';
import { planPorts } from './plan-ports.ts';

const ANY = { PORT: '0', INBOX_PORT: '0', INBOX_SMTP_PORT: '0' };

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
};

test('the web port is the port of FRONTEND_URL if that is on this machine and WEB_PORT is not set', async () => {
  const port = await freePort();
  const webPort = async (env: NodeJS.ProcessEnv) => (await planPorts({ ...ANY, ...env }, loadConfig(ANY))).web;
  expect(await webPort({ FRONTEND_URL: `http://localhost:${port}/` })).toBe(port);
  expect(await webPort({ FRONTEND_URL: `http://localhost:${port}`, WEB_PORT: '0' })).not.toBe(port);
  expect(await webPort({ FRONTEND_URL: `https://app.example.com:${port}` })).not.toBe(port);
});
