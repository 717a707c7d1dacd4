import { createServer, type Server, type ServerResponse } from 'node:http';
import type { Registry } from 'prom-client';

interface HealthParts {
  readonly unready: () => Promise<string[]>;
  readonly registry: Registry;
}

const json = (response: ServerResponse, status: number, body: object): void => {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
};

const readiness = async (response: ServerResponse, unready: HealthParts['unready']): Promise<void> => {
  const unavailable = await unready();
  if (unavailable.length === 0) json(response, 200, { status: 'ready' });
  else json(response, 503, { status: 'unavailable', unavailable });
};

const answer = async (url: string | undefined, response: ServerResponse, { unready, registry }: HealthParts) => {
  if (url === '/health') json(response, 200, { status: 'healthy' });
  else if (url === '/health/ready') await readiness(response, unready);
  else if (url === '/metrics') {
    const body = await registry.metrics();
    response.writeHead(200, { 'content-type': registry.contentType });
    response.end(body);
  } else json(response, 404, { error: 'NOT_FOUND' });
};

/** The worker's HTTP server: `/health`, `/health/ready` (503 and the names of what does not answer) and `/metrics`. */
export const healthServer = (parts: HealthParts): Server =>
  createServer((request, response) => {
    answer(request.url, response, parts).catch(() => {
      if (!response.headersSent) json(response, 500, { error: 'INTERNAL_ERROR' });
    });
  });
