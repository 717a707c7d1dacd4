import type { Auth } from '@moonlight/auth';
import type { FastifyInstance } from 'fastify';

/** `GET /.well-known/jwks.json`: the public keys that verify access tokens (RFC 7517); empty under HS256. */
export const jwks = (app: FastifyInstance, { deps }: Auth): void => {
  app.get('/.well-known/jwks.json', async (_request, reply) => {
    reply.header('cache-control', 'public, max-age=300');
    return deps.keyRing.publicKeys(deps.clock.now());
  });
};
