import type { Config } from '@moonlight/config';
import type { FastifyInstance } from 'fastify';

const LOCALHOST = /^https?:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/;

const READABLE = {
  'access-control-allow-credentials': 'true',
  'access-control-expose-headers': 'Retry-After, X-Request-Id',
};
const PREFLIGHT = {
  'access-control-allow-methods': 'GET, POST, DELETE',
  'access-control-max-age': '600',
  vary: 'Origin, Access-Control-Request-Headers',
};

/** Tells whether pages of an origin may call us: the listed ones and, at home, those of localhost on any port. */
export const originCheck = ({ app, http }: Config): ((origin: string | undefined) => origin is string) => {
  const listed = new Set(http.corsOrigins);
  return (origin): origin is string =>
    origin !== undefined && (listed.has(origin) || (app.isDevelopment && LOCALHOST.test(origin)));
};

/**
 * Lets pages of allowed origins read our answers, with cookies (Fetch Standard, 3.3). Whoever sends no Origin costs
 * nothing here, which a bearer call by a program feels. Every OPTIONS is answered like a preflight.
 */
export const cors = (app: FastifyInstance, config: Config): void => {
  const isAllowed = originCheck(config);
  app.addHook('onRequest', (request, reply, done) => {
    const { origin, 'access-control-request-headers': wanted } = request.headers;
    if (isAllowed(origin)) reply.headers(READABLE).header('access-control-allow-origin', origin);
    if (request.method !== 'OPTIONS') {
      done();
      return;
    }
    if (wanted !== undefined) reply.header('access-control-allow-headers', wanted);
    reply.headers(PREFLIGHT).code(204).send();
  });
};
