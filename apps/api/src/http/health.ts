import type { FastifyInstance } from 'fastify';

/** `GET /health`: the process lives. `GET /health/ready`: what it needs answers, else 503 with the names of what does not. */
export const health = (app: FastifyInstance, unready: () => Promise<string[]>): void => {
  app.get('/health', () => ({ status: 'healthy' }));
  app.get('/health/ready', async (_request, reply) => {
    const missing = await unready();
    if (missing.length === 0) return { status: 'ready' };
    return reply.code(503).send({ status: 'unavailable', unavailable: missing });
  });
};
