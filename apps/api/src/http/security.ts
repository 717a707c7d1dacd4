import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import type { Config } from '@moonlight/config';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

const LOCALHOST = /^https?:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/;

/** What every answer carries, also one that no hook has seen. */
export const markAnswer = (request: FastifyRequest, reply: FastifyReply): void => {
  reply.header('x-request-id', request.id).header('cache-control', 'no-store');
};

/** Who may call from a browser: the listed origins and, at home, localhost on any port. */
export const allowedOrigins = ({ app, http }: Config): (string | RegExp)[] =>
  app.isHome ? [...http.corsOrigins, LOCALHOST] : [...http.corsOrigins];

/** Headers every answer carries and who may read it in a browser, with cookies. */
export const security = async (app: FastifyInstance, config: Config): Promise<void> => {
  app.addHook('onRequest', (request, reply, done) => {
    markAnswer(request, reply);
    done();
  });
  await app.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
    crossOriginResourcePolicy: { policy: 'cross-origin' },
    frameguard: { action: 'deny' },
    referrerPolicy: { policy: 'no-referrer' },
    strictTransportSecurity: config.app.isProduction,
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
