import cors from '@fastify/cors';
import helmet, { type FastifyHelmetOptions } from '@fastify/helmet';
import type { Config } from '@moonlight/config';
import { fastify, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';

const LOCALHOST = /^https?:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/;

/** Whether pages of an origin may call the service: the configured origins and, in development, localhost on any port. */
export const originCheck = ({ app, http }: Config): ((origin: string | undefined) => origin is string) => {
  const configured = new Set(http.corsOrigins);
  return (origin): origin is string =>
    origin !== undefined && (configured.has(origin) || (app.isDevelopment && LOCALHOST.test(origin)));
};

/** OWASP ASVS 5.0, 3.4. The headers that concern only documents are set by the routes that answer with one. */
const helmetOptions = ({ app }: Config): FastifyHelmetOptions => ({
  contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
  strictTransportSecurity: app.isDevelopment ? false : { maxAge: 31_536_000, includeSubDomains: true },
  xFrameOptions: { action: 'deny' },
  crossOriginOpenerPolicy: false,
  crossOriginResourcePolicy: false,
  originAgentCluster: false,
  referrerPolicy: false,
  xDnsPrefetchControl: false,
  xDownloadOptions: false,
  xPermittedCrossDomainPolicies: false,
  xXssProtection: false,
});

/**
 * The headers that helmet sets. They are the same for every answer, but helmet builds them again for each one, which a bearer
 * call notices (decision 13). So one request to a server of its own collects them at the start.
 */
const helmetHeaders = async (config: Config): Promise<Record<string, string>> => {
  const collector = fastify();
  await collector.register(helmet, helmetOptions(config));
  const collected: Record<string, string> = {};
  collector.get('/', (_request, reply) => {
    for (const [name, value] of Object.entries(reply.raw.getHeaders())) collected[name] = String(value);
    return reply.send();
  });
  await collector.inject('/');
  await collector.close();
  return collected;
};

export type SetStandardHeaders = (request: FastifyRequest, reply: FastifyReply) => void;

/** Returns the function that sets the headers of every answer; answers that skip the hooks call it themselves. */
export const standardHeaders = async (config: Config): Promise<SetStandardHeaders> => {
  // The CORS plugin also sets Vary, but not for answers that skip the hooks.
  const headers = { 'cache-control': 'no-store', vary: 'Origin', ...(await helmetHeaders(config)) };
  return (request, reply) => {
    reply.headers(headers).header('x-request-id', request.id);
  };
};

/**
 * Sets the standard headers of every answer, and CORS (Fetch Standard, 3.3): pages of allowed origins may read answers, with
 * cookies. Every OPTIONS request is answered with 204, whether it is a preflight or not.
 */
export const security = async (
  app: FastifyInstance,
  config: Config,
  setStandardHeaders: SetStandardHeaders,
): Promise<void> => {
  app.addHook('onRequest', (request, reply, done) => {
    setStandardHeaders(request, reply);
    done();
  });
  const isAllowed = originCheck(config);
  await app.register(cors, {
    origin: (origin, done) => done(null, isAllowed(origin)),
    credentials: true,
    exposedHeaders: ['Retry-After', 'X-Request-Id'],
    methods: ['GET', 'POST', 'DELETE'],
    maxAge: 600,
    strictPreflight: false,
  });
  // The plugin ignores the OPTIONS of other origins.
  app.addHook('onRequest', (request, reply, done) => {
    if (request.method === 'OPTIONS') reply.code(204).send();
    else done();
  });
};
