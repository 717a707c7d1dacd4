import type { Tracer } from '@moonlight/runtime/tracing';
import type { CallTrace } from '@moonlight/trpc';
import type { FastifyInstance } from 'fastify';
import { PROBES } from './access-log.ts';
import { recordOf, routeOf } from './request-record.ts';

/** Adds a span to every call of a procedure; undefined without a tracer. */
export const callTrace = (tracer: Tracer | undefined): CallTrace | undefined =>
  tracer === undefined ? undefined : (procedure, run) => tracer.trace(procedure, {}, run);

/**
 * Adds a span to every request but probes. A `traceparent` (W3C Trace Context) of the caller is continued. Register it
 * before the hooks that can refuse a request.
 */
export const traceRequests = (app: FastifyInstance, tracer: Tracer): void => {
  app.addHook('onRequest', (request, reply, done) => {
    const route = routeOf(request);
    if (PROBES.has(route)) {
      done();
      return;
    }
    const { method, id } = request;
    const { traceparent } = request.headers;
    const attributes = { 'http.request.method': method, 'http.route': route, 'moonlight.request_id': id };
    const parent = typeof traceparent === 'string' ? traceparent : undefined;
    const span = tracer.open(`${method} ${route}`, { kind: 'server', parent, attributes });
    recordOf(request).span = span;
    reply.raw.once('close', () => {
      span.add({ 'http.response.status_code': reply.statusCode });
      span.end(reply.statusCode >= 500 ? new Error() : undefined);
    });
    done();
  });
  // Not in `onRequest`: while the body arrives, the span would not be the current one any more.
  app.addHook('preHandler', (request, _reply, done) => {
    const { span } = recordOf(request);
    if (span === undefined) done();
    else span.within(done);
  });
};
