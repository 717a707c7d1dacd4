import type { FastifyInstance } from 'fastify';
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';

// Counted in batches: one by one, between all else that a request does, they took a fiftieth of a bearer call's time.
const BATCH = 500;

/** The process's metrics, and how long each route took by method and status. */
export const createMetrics = (app: FastifyInstance): Registry => {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const answered: [labels: { method: string; route: string; status: number }, seconds: number][] = [];
  const duration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the first byte of a request to the last of its answer.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5],
    registers: [registry],
    collect: () => count(),
  });
  const count = () => {
    for (const [labels, seconds] of answered) duration.observe(labels, seconds);
    answered.length = 0;
  };
  app.addHook('onResponse', (request, reply, done) => {
    // The route's pattern, never the URL: it may hold a token, and labels must stay few.
    const route = request.routeOptions.url ?? 'unknown';
    const labels = { method: request.method, route, status: reply.statusCode };
    answered.push([labels, reply.elapsedTime / 1000]);
    if (answered.length >= BATCH) count();
    request.log.debug({ ...labels, ms: reply.elapsedTime }, 'answered');
    done();
  });
  return registry;
};

/** `GET /metrics` in Prometheus' text format. */
export const metricsRoute = (app: FastifyInstance, registry: Registry): void => {
  app.get('/metrics', async (_request, reply) => reply.type(registry.contentType).send(await registry.metrics()));
};
