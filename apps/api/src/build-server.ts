import type { Auth } from '@moonlight/auth';
import type { Config } from '@moonlight/config';
import { rest } from '@moonlight/rest';
import { fastify, type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import type { Registry } from 'prom-client';
import packageJson from '../package.json' with { type: 'json' };
import { docs } from './http/docs.ts';
import { health } from './http/health.ts';
import { jwks } from './http/jwks.ts';
import { lastResortErrors, replyWithError, transportError } from './http/last-resort-errors.ts';
import { watchMethods } from './http/method-not-allowed.ts';
import { createMetrics, metricsRoute } from './http/metrics.ts';
import { openapi } from './http/openapi.ts';
import { refuseHostless } from './http/refuse-hostless.ts';
import { refuseUnreadable } from './http/refuse-unreadable.ts';
import { requestIdOf, requestInfo } from './http/request-context.ts';
import { answerMarker, security } from './http/security.ts';
import { sessionCookie } from './http/session-cookie.ts';
import { trpc } from './http/trpc.ts';

export interface ServerParts {
  readonly config: Config;
  readonly log: FastifyBaseLogger;
  readonly auth: Auth;
  readonly unready: () => Promise<string[]>;
}

// The largest honest body is a batch of ten calls with captcha payloads.
const BODY_LIMIT_BYTES = 64 * 1024;
const REQUEST_TIMEOUT_MS = 30_000;
// A batch names its procedures in one path segment, and whatever follows a link is for its procedure to judge.
const MAX_PARAM_LENGTH = 16 * 1024;

/** Builds the HTTP server without listening; tests use it just like `main`. */
export const buildServer = async (parts: ServerParts): Promise<{ app: FastifyInstance; registry: Registry }> => {
  const { config, log, auth, unready } = parts;
  const { trustProxy } = config.http;
  const mark = answerMarker(config);
  const app = fastify({
    loggerInstance: log,
    // Fastify's own lines hold whole URLs, and URLs may hold tokens.
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: requestIdOf,
    requestIdHeader: false,
    trustProxy: trustProxy.length === 0 ? false : [...trustProxy],
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    // While we stop, what still comes in over open connections is answered, and in our own shape.
    return503OnClosing: false,
    // Node would refuse it without a body; see refuseHostless.
    http: { requireHostHeader: false },
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: MAX_PARAM_LENGTH },
    clientErrorHandler: refuseUnreadable,
    frameworkErrors: (error, request, reply) => {
      mark(request, reply);
      void replyWithError(request, reply, transportError(error));
    },
  });
  app.removeContentTypeParser('text/plain');
  lastResortErrors(app);
  const registry = createMetrics(app);
  security(app, config);
  refuseHostless(app);
  const refuseOtherMethods = watchMethods(app);

  app.get('/', () => ({
    name: config.app.name,
    version: packageJson.version,
    docs: config.http.docs ? '/docs' : null,
  }));
  health(app, unready);
  jwks(app, auth);
  if (config.app.isDevelopment && config.http.metricsPort === undefined) metricsRoute(app, registry);
  await trpc(app, auth, sessionCookie(config));
  await rest(app, { auth, requestInfo });
  openapi(app);
  docs(app, config);
  refuseOtherMethods();
  return { app, registry };
};
