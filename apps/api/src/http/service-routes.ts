import type { Auth } from '@moonlight/auth';
import type { Config } from '@moonlight/config';
import type { FastifyInstance } from 'fastify';
import packageJson from '../../package.json' with { type: 'json' };

interface ServiceDeps {
  readonly config: Config;
  readonly auth: Auth;
  readonly unready: (queueTimeoutMs?: number) => Promise<string[]>;
  readonly stopping: AbortSignal;
}

const KEYS_CACHING = 'public, max-age=300';

// The queue is only reported, and probes wait a second by default.
const QUEUE_TIMEOUT_MS = 500;

/**
 * PostgreSQL alone decides whether calls can be served. Without the queue they work, and the worker finds their mails
 * within seconds, so a load balancer that took every process away would only make it worse.
 */
const readiness = (app: FastifyInstance, { unready, stopping }: Pick<ServiceDeps, 'unready' | 'stopping'>): void => {
  app.get('/health/ready', async (_request, reply) => {
    if (stopping.aborted) return reply.code(503).send({ status: 'stopping', unavailable: [] });
    const missing = await unready(QUEUE_TIMEOUT_MS);
    if (missing.includes('database')) return reply.code(503).send({ status: 'unavailable', unavailable: missing });
    return missing.length === 0 ? { status: 'ready' } : { status: 'degraded', degraded: missing };
  });
};

/**
 * The routes that call no procedure.
 * `GET /`: name and version. `GET /health`: the process runs. `GET /health/ready`: the database answers, otherwise 503
 * with the names of what does not; 503 also from the request to stop on. `GET /.well-known/jwks.json`: the public keys that verify access tokens (RFC 7517),
 * empty under HS256. `GET /.well-known/oauth-authorization-server` (RFC 8414) and `/.well-known/openid-configuration`: where
 * verifiers find those keys.
 */
export const serviceRoutes = (app: FastifyInstance, deps: ServiceDeps): void => {
  const { config, auth } = deps;
  app.get('/', () => ({
    name: config.app.name,
    version: packageJson.version,
    docs: config.http.docs ? '/docs' : null,
  }));
  app.get('/health', () => ({ status: 'healthy' }));
  readiness(app, deps);
  app.get('/.well-known/jwks.json', async (_request, reply) => {
    reply.header('cache-control', KEYS_CACHING);
    return auth.deps.keyRing.publicKeys(auth.deps.clock.now());
  });
  // Moonlight is no OpenID provider and has no authorization endpoint: it names nothing that it does not have (decision 22).
  const metadata = {
    issuer: auth.deps.settings.tokens.issuer,
    jwks_uri: `${config.http.publicUrl}/.well-known/jwks.json`,
    id_token_signing_alg_values_supported: [auth.deps.keyRing.algorithm],
  };
  for (const name of ['oauth-authorization-server', 'openid-configuration'])
    app.get(`/.well-known/${name}`, (_request, reply) => reply.header('cache-control', KEYS_CACHING).send(metadata));
};
