import type { Auth } from '@moonlight/auth';
import type { Config } from '@moonlight/config';
import type { FastifyInstance } from 'fastify';
import packageJson from '../../package.json' with { type: 'json' };

interface ServiceDeps {
  readonly config: Config;
  readonly auth: Auth;
  readonly unready: () => Promise<string[]>;
}

/**
 * The routes that call no procedure.
 * `GET /`: name and version. `GET /health`: the process runs. `GET /health/ready`: database and queue answer, otherwise 503
 * with the names of those that do not. `GET /.well-known/jwks.json`: the public keys that verify access tokens (RFC 7517),
 * empty under HS256.
 */
export const serviceRoutes = (app: FastifyInstance, { config, auth, unready }: ServiceDeps): void => {
  app.get('/', () => ({
    name: config.app.name,
    version: packageJson.version,
    docs: config.http.docs ? '/docs' : null,
  }));
  app.get('/health', () => ({ status: 'healthy' }));
  app.get('/health/ready', async (_request, reply) => {
    const missing = await unready();
    if (missing.length === 0) return { status: 'ready' };
    return reply.code(503).send({ status: 'unavailable', unavailable: missing });
  });
  app.get('/.well-known/jwks.json', async (_request, reply) => {
    reply.header('cache-control', 'public, max-age=300');
    return auth.deps.keyRing.publicKeys(auth.deps.clock.now());
  });
};
