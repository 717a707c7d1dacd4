import type { FastifyInstance } from 'fastify';
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';

// Observed in batches: observing each request on its own took a fiftieth of a bearer call's time.
const BATCH_SIZE = 500;

/** The metrics of the process, and the duration of each route by method and status. */
export const createMetrics = (app: FastifyInstance): Registry => {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const pending: [labels: { method: string; route: string; status: number }, seconds: number][] = [];
  const duration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the first byte of a request to the last byte of its answer.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5],
    registers: [registry],
    collect: () => observeAll(),
  });
  const observeAll = () => {
    for (const [labels, seconds] of pending) duration.observe(labels, seconds);
    pending.length = 0;
  };
  app.addHook('onResponse', (request, reply, done) => {
    // The route's pattern, never the URL: a URL can contain a token, and the number of labels must stay small.
    const route = request.routeOptions.url ?? 'unknown';
    const labels = { method: request.method, route, status: reply.statusCode };
    pending.push([labels, reply.elapsedTime / 1000]);
    if (pending.length >= BATCH_SIZE) observeAll();
    request.log.debug({ ...labels, ms: reply.elapsedTime }, 'answered');
    done();
  });
  return registry;
};

/** `GET /metrics` in the text format of Prometheus. */
export const metricsRoute = (app: FastifyInstance, registry: Registry): void => {
  app.get('/metrics', async (_request, reply) => reply.type(registry.contentType).send(await registry.metrics()));
};
