import type { Config } from '@moonlight/config';
import type { FastifyInstance } from 'fastify';
import { type Reference, renderReference } from './render-reference.ts';

const DOCUMENT_HEADERS = { 'cross-origin-opener-policy': 'same-origin', 'referrer-policy': 'no-referrer' };
const SCRIPT_PATH = '/docs/reference.js';

/** `GET /docs`: the REST door's description for people to browse, where DOCS is on. */
export const docs = (app: FastifyInstance, { app: { name }, http }: Config): void => {
  if (!http.docs) return;
  let rendered: Promise<Reference> | undefined;
  const reference = () => (rendered ??= renderReference(`${name} API`, SCRIPT_PATH));

  app.get('/docs', async (_request, reply) => {
    const { page, policy } = await reference();
    const headers = { ...DOCUMENT_HEADERS, 'content-security-policy': policy };
    return reply.type('text/html; charset=utf-8').headers(headers).send(page);
  });
  app.get(SCRIPT_PATH, async (_request, reply) => {
    const { script } = await reference();
    return reply.type('text/javascript; charset=utf-8').header('cache-control', 'public, max-age=3600').send(script);
  });
};
