import cors from '@fastify/cors';
import type { Config } from '@moonlight/config';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

const LOCALHOST = /^https?:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/;

// OWASP ASVS 5.0, 3.4. They are constants, written by us: a middleware that makes them anew for every answer took a
// twentieth of a bearer call. The few pages we have replace the policy by one of their own.
const STANDING_HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'cross-origin',
  'referrer-policy': 'no-referrer',
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

/** Who may call from a browser: the listed origins and, at home, localhost on any port. */
export const allowedOrigins = ({ app, http }: Config): (string | RegExp)[] =>
  app.isHome ? [...http.corsOrigins, LOCALHOST] : [...http.corsOrigins];

/** Headers every answer carries and who may read it in a browser, with cookies. */
export const security = async (app: FastifyInstance, config: Config): Promise<void> => {
  const mark = answerMarker(config);
  app.addHook('onRequest', (request, reply, done) => {
    mark(request, reply);
    done();
  });
  await app.register(cors, {
    origin: allowedOrigins(config),
    credentials: true,
    methods: ['GET', 'POST', 'DELETE'],
    exposedHeaders: ['Retry-After', 'X-Request-Id'],
    maxAge: 600,
    // An OPTIONS that is no preflight is answered like one; the refusal would have another shape.
    strictPreflight: false,
  });
};
