import { randomUUID } from 'node:crypto';
import { METHODS, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { type ErrorCode, errorCatalogue } from '@moonlight/contracts';
import type { ConnectionError, FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { localeOf } from './request-info.ts';
import { recordOf } from './request-record.ts';

/** Answers with an error of the catalogue in the error envelope of REST. */
export const replyWithError = (request: FastifyRequest, reply: FastifyReply, error: ErrorCode): FastifyReply => {
  const { status, message } = errorCatalogue[error];
  const locale = localeOf(request);
  recordOf(request).refusal = error;
  return reply.code(status).send({ code: status, message: message[locale], error, request_id: request.id });
};

/** The catalogue's code for an error that Fastify raised itself. */
export const transportError = (error: Pick<FastifyError, 'statusCode'>): ErrorCode => {
  const status = error.statusCode ?? 500;
  if (status === 413) return 'PAYLOAD_TOO_LARGE';
  if (status === 415) return 'UNSUPPORTED_MEDIA_TYPE';
  if (status === 404) return 'NOT_FOUND';
  return status >= 400 && status < 500 ? 'VALIDATION_FAILED' : 'INTERNAL_ERROR';
};

/** Answers unknown paths and uncaught errors in the error envelope. The cause is only in the log. */
export const errorHandlers = (app: FastifyInstance): void => {
  app.setNotFoundHandler((request, reply) => replyWithError(request, reply, 'NOT_FOUND'));
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const code = transportError(error);
    if (code === 'INTERNAL_ERROR') request.log.error({ err: error }, 'a request failed');
    return replyWithError(request, reply, code);
  });
};

/**
 * Refuses an HTTP/1.1 request without a `Host` header (RFC 9112, 3.2), and ignores unknown values of `Expect` (RFC 9110,
 * 10.1.1). Node would answer both without a body; all our answers have the same shape.
 */
export const checkHostHeader = (app: FastifyInstance): void => {
  app.server.on('checkExpectation', (request, response) => app.server.emit('request', request, response));
  app.addHook('onRequest', (request, reply, done) => {
    if (request.headers.host === undefined && request.raw.httpVersion === '1.1')
      void replyWithError(request, reply, 'VALIDATION_FAILED');
    else done();
  });
};

const CLOSE_AFTER_MS = 1000;

/**
 * Answers a connection whose request Node could not parse, or did not receive in time, in the error envelope. There is no
 * request object yet, so the answer is written to the socket, which is then closed.
 */
export const answerClientError = (error: ConnectionError, socket: Socket): void => {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const code = error.code === 'HPE_HEADER_OVERFLOW' ? 'PAYLOAD_TOO_LARGE' : 'VALIDATION_FAILED';
  const { message } = errorCatalogue[code];
  // The catalogue has no code of its own for 408 (RFC 9110, 15.5.9).
  const status = error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : errorCatalogue[code].status;
  const requestId = randomUUID();
  const body = JSON.stringify({ code: status, message: message.en, error: code, request_id: requestId });
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Cache-Control: no-store',
    `X-Request-Id: ${requestId}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  // A client that never closes its side would otherwise keep the connection open.
  setTimeout(() => socket.destroy(), CLOSE_AFTER_MS).unref();
};

// OPTIONS is answered for every path, and Node closes the connection on CONNECT.
const refusableMethods = METHODS.filter((method) => method !== 'OPTIONS' && method !== 'CONNECT');

/**
 * Collects the routes of the app. The function it returns adds METHOD_NOT_ALLOWED, with `Allow`, for the methods that each
 * route lacks. Call this before the first route is added, and the returned function after the last.
 */
export const collectRoutes = (app: FastifyInstance): (() => void) => {
  for (const method of refusableMethods) if (!app.supportedMethods.includes(method)) app.addHttpMethod(method);
  const routes = new Map<string, Set<string>>();
  let isCollecting = true;
  app.addHook('onRoute', ({ url, method }) => {
    if (!isCollecting) return;
    const known = routes.get(url) ?? new Set();
    for (const each of [method].flat()) known.add(each);
    routes.set(url, known);
  });
  return () => {
    isCollecting = false;
    for (const [url, known] of routes) {
      const missing = refusableMethods.filter((method) => !known.has(method));
      if (url.includes('*') || missing.length === 0) continue;
      app.route({
        method: missing,
        url,
        // Answers before the body is parsed: an invalid body must not hide that the method is wrong.
        onRequest: async (request, reply) => {
          reply.header('allow', [...known].join(', '));
          return replyWithError(request, reply, 'METHOD_NOT_ALLOWED');
        },
        handler: async () => undefined,
      });
    }
  };
};
