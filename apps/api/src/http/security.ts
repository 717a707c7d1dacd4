import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import type { Config } from '@moonlight/config';
import type { FastifyInstance } from 'fastify';

const LOCALHOST = /^https?:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/;

/** Headers every answer carries, and who may call from a browser: the listed origins and, at home, localhost on any port. */
export const security = async (
  app: FastifyInstance,
  { app: { isHome, isProduction }, http }: Config,
): Promise<void> => {
  await app.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
    crossOriginResourcePolicy: { policy: 'cross-origin' },
    frameguard: { action: 'deny' },
    referrerPolicy: { policy: 'no-referrer' },
    strictTransportSecurity: isProduction,
  });
  await app.register(cors, {
    origin: isHome ? [...http.corsOrigins, LOCALHOST] : http.corsOrigins,
    credentials: true,
    methods: ['GET', 'POST', 'DELETE'],
    exposedHeaders: ['Retry-After', 'X-Request-Id'],
    maxAge: 600,
  });
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id).header('cache-control', 'no-store');
  });
};
