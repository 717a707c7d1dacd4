import type { Config } from '@moonlight/config';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { cors } from './cors.ts';

// OWASP ASVS 5.0, 3.4. They are constants, written by us: a middleware that made them anew for every answer took a
// twentieth of a bearer call. The few pages we have bring a policy of their own, and what only documents need.
const STANDING_HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  vary: 'Origin',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};
const HTTPS_ONLY = { 'strict-transport-security': 'max-age=31536000; includeSubDomains' };

/** Writes what every answer carries; also for answers that no hook has seen. */
export const answerMarker = ({ app }: Config): ((request: FastifyRequest, reply: FastifyReply) => void) => {
  const headers = { ...STANDING_HEADERS, ...(app.isProduction ? HTTPS_ONLY : {}) };
  return (request, reply) => {
    reply.headers(headers).header('x-request-id', request.id);
  };
};

/** Headers every answer carries, and who may read it in a browser. */
export const security = (app: FastifyInstance, config: Config): void => {
  const mark = answerMarker(config);
  app.addHook('onRequest', (request, reply, done) => {
    mark(request, reply);
    done();
  });
  cors(app, config);
};
