import { METHODS } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { replyWithError } from './last-resort-errors.ts';

// OPTIONS is answered everywhere, and Node itself hangs up on CONNECT.
const refusable = METHODS.filter((method) => method !== 'OPTIONS' && method !== 'CONNECT');

/**
 * Remembers every route, and once all are there answers the methods each one lacks with METHOD_NOT_ALLOWED and `Allow`.
 * Call it before the first route; call what it returns after the last.
 */
export const watchMethods = (app: FastifyInstance): (() => void) => {
  for (const method of refusable) if (!app.supportedMethods.includes(method)) app.addHttpMethod(method);
  const routes = new Map<string, Set<string>>();
  let isWatching = true;
  app.addHook('onRoute', ({ url, method }) => {
    if (!isWatching) return;
    const known = routes.get(url) ?? new Set();
    for (const each of [method].flat()) known.add(each);
    routes.set(url, known);
  });
  return () => {
    isWatching = false;
    for (const [url, known] of routes) {
      const missing = refusable.filter((method) => !known.has(method));
      if (url.includes('*') || missing.length === 0) continue;
      app.route({
        method: missing,
        url,
        // Before the body is read: whatever it holds, the method is what is wrong.
        onRequest: async (request, reply) => {
          reply.header('allow', [...known].join(', '));
          return replyWithError(request, reply, 'METHOD_NOT_ALLOWED');
        },
        handler: async () => undefined,
      });
    }
  };
};
