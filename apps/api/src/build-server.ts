import type { Auth } from '@moonlight/auth';
import type { Config } from '@moonlight/config';
import { rest } from '@moonlight/rest';
import type { RuntimeStatus } from '@moonlight/runtime/metrics';
import type { Tracer } from '@moonlight/runtime/tracing';
import { fastify, type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import type { Registry } from 'prom-client';
import { accessLog } from './http/access-log.ts';
import { clientAddress } from './http/client-address.ts';
import {
  closeWhileStopping,
  connectionLimits,
  type ConnectionLimits,
  limitConnections,
  timeoutOptions,
} from './http/connections.ts';
import { docs } from './http/docs.ts';
import {
  answerClientError,
  checkHostHeader,
  collectRoutes,
  errorHandlers,
  replyWithError,
  transportError,
} from './http/errors.ts';
import { createMetrics, metricsRoute } from './http/metrics.ts';
import { decorateRequests, recordOf } from './http/request-record.ts';
import { requestIdOf, requestInfo } from './http/request-info.ts';
import { security, standardHeaders } from './http/security.ts';
import { serviceRoutes } from './http/service-routes.ts';
import { sessionCookie } from './http/session-cookie.ts';
import { callTrace, traceRequests } from './http/trace-requests.ts';
import { trpc } from './http/trpc.ts';

export interface ServerDeps {
  readonly config: Config;
  readonly log: FastifyBaseLogger;
  readonly auth: Auth;
  readonly unready: (queueTimeoutMs?: number) => Promise<string[]>;
  readonly status: () => RuntimeStatus;
  readonly tracer?: Tracer | undefined;
  /** Aborted when the process has been asked to stop. */
  readonly stopping: AbortSignal;
  /** The limits of the service if omitted; tests shorten them. */
  readonly connections?: ConnectionLimits | undefined;
}

// The largest legitimate body is a batch of ten calls with captcha payloads.
const BODY_LIMIT_BYTES = 64 * 1024;
// A batch names its procedures in one path segment. The token of a link is checked by its procedure, however long it is.
const MAX_PARAM_LENGTH = 16 * 1024;

/** Builds the HTTP server without listening. Used by `main` and by tests. */
export const buildServer = async (deps: ServerDeps): Promise<{ app: FastifyInstance; registry: Registry }> => {
  const { config, log, auth, connections = connectionLimits } = deps;
  const setStandardHeaders = await standardHeaders(config);
  const timeouts = timeoutOptions(connections);
  const app = fastify({
    loggerInstance: log,
    // Fastify would log whole URLs, and a URL can contain a token.
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: requestIdOf,
    requestIdHeader: false,
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: timeouts.requestTimeout,
    // While the server stops, requests on open connections are still answered.
    return503OnClosing: false,
    // Node would refuse such a request without a body; see checkHostHeader.
    http: { ...timeouts.http, requireHostHeader: false },
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: MAX_PARAM_LENGTH },
    clientErrorHandler: answerClientError,
    frameworkErrors: (error, request, reply) => {
      writeAccessLine?.(request, reply);
      setStandardHeaders(request, reply);
      void replyWithError(request, reply, transportError(error));
    },
  });
  app.removeContentTypeParser('text/plain');
  limitConnections(app, connections);
  errorHandlers(app);
  const clientAddressOf = clientAddress(config.http.trustProxy, log);
  decorateRequests(app);
  const writeAccessLine = accessLog(app, { clientAddressOf, logging: config.logging });
  if (deps.tracer !== undefined) traceRequests(app, deps.tracer);
  const registry = createMetrics(app, deps.status);
  await security(app, config, setStandardHeaders);
  checkHostHeader(app);
  closeWhileStopping(app, deps.stopping);
  const refuseOtherMethods = collectRoutes(app);

  serviceRoutes(app, deps);
  if (config.app.isDevelopment && config.http.metricsPort === undefined) metricsRoute(app, registry);
  const readInfo = requestInfo(clientAddressOf);
  const trace = callTrace(deps.tracer);
  await trpc(app, { auth, trace, requestInfo: readInfo, tokenStoreOf: sessionCookie(config) });
  await rest(app, { auth, trace, requestInfo: readInfo, observerOf: recordOf });
  docs(app, config);
  refuseOtherMethods();
  return { app, registry };
};
