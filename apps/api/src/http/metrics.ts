import type { ErrorCode } from '@moonlight/contracts';
import { registerRuntimeMetrics, type RuntimeStatus } from '@moonlight/runtime/metrics';
import { type FinishedCall, procedureNames } from '@moonlight/trpc';
import type { FastifyInstance } from 'fastify';
import { Counter, Histogram, Registry } from 'prom-client';
import { recordOf, routeOf } from './request-record.ts';

interface Answered {
  readonly labels: { readonly method: string; readonly route: string; readonly status: number };
  readonly seconds: number;
  readonly calls: readonly FinishedCall[];
  readonly refusal: ErrorCode | undefined;
}

// Observed in batches: observing each request on its own took a fiftieth of a bearer call's time.
const BATCH_SIZE = 500;
const BUCKETS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5];
/** The label of a request that reached no procedure. */
const NONE = 'none';

const requestMetrics = (registry: Registry, observeAll: () => void) => {
  const duration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the first byte of a request to the last byte of its answer.',
    labelNames: ['method', 'route', 'status'],
    buckets: BUCKETS,
    registers: [registry],
    collect: observeAll,
  });
  const calls = new Histogram({
    name: 'procedure_duration_seconds',
    help: 'Time that a call of a procedure takes, by REST or tRPC, refused calls included. A batch has several.',
    labelNames: ['procedure'],
    buckets: BUCKETS,
    registers: [registry],
    collect: observeAll,
  });
  const errors = new Counter({
    name: 'procedure_errors_total',
    help: 'Calls that ended with an error, by its code. Requests that reached no procedure have the procedure "none".',
    labelNames: ['procedure', 'code'],
    registers: [registry],
    collect: observeAll,
  });
  // So that the first call after the start is an increase, which alerts can see.
  for (const procedure of procedureNames) calls.zero({ procedure });
  for (const procedure of [...procedureNames, NONE]) errors.inc({ procedure, code: 'INTERNAL_ERROR' }, 0);
  return ({ labels, seconds, calls: ended, refusal }: Answered): void => {
    duration.observe(labels, seconds);
    for (const { procedure, error, seconds: taken } of ended) {
      calls.observe({ procedure }, taken);
      if (error !== undefined) errors.inc({ procedure, code: error });
    }
    if (refusal !== undefined) errors.inc({ procedure: NONE, code: refusal });
  };
};

/** The metrics of the process, of each route by method and status, and of each procedure. */
export const createMetrics = (app: FastifyInstance, status: () => RuntimeStatus): Registry => {
  const registry = new Registry();
  registerRuntimeMetrics(registry, status);
  const pending: Answered[] = [];
  const observeAll = (): void => {
    for (const answered of pending) observe(answered);
    pending.length = 0;
  };
  const observe = requestMetrics(registry, observeAll);
  app.addHook('onResponse', (request, reply, done) => {
    const labels = { method: request.method, route: routeOf(request), status: reply.statusCode };
    // Not the record: it has the account, which should not live until the batch is observed.
    const { calls, refusal } = recordOf(request);
    pending.push({ labels, seconds: reply.elapsedTime / 1000, calls, refusal });
    if (pending.length >= BATCH_SIZE) observeAll();
    done();
  });
  return registry;
};

/** `GET /metrics` in the text format of Prometheus. */
export const metricsRoute = (app: FastifyInstance, registry: Registry): void => {
  app.get('/metrics', async (_request, reply) => reply.type(registry.contentType).send(await registry.metrics()));
};
