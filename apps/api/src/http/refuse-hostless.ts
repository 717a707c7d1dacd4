import type { FastifyInstance } from 'fastify';
import { replyWithError } from './last-resort-errors.ts';

/**
 * Refuses a request that names no host, as HTTP/1.1 wants it (RFC 9112, 3.2), and overlooks expectations we do not know
 * (RFC 9110, 10.1.1). Node would do either without a body, and every answer of ours has the same shape.
 */
export const refuseHostless = (app: FastifyInstance): void => {
  app.server.on('checkExpectation', (request, response) => app.server.emit('request', request, response));
  app.addHook('onRequest', (request, reply, done) => {
    if (request.headers.host === undefined && request.raw.httpVersion === '1.1')
      void replyWithError(request, reply, 'VALIDATION_FAILED');
    else done();
  });
};
