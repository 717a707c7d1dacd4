import type { FastifyInstance } from 'fastify';

/** How long a request may take to arrive, and how many connections the server accepts. */
export interface ConnectionLimits {
  /** From the first byte, or from the opening of the connection, to the end of the headers. */
  readonly headersTimeoutMs: number;
  /** The whole request: headers and body. Must not be below `headersTimeoutMs`. */
  readonly requestTimeoutMs: number;
  /** How often Node looks for late requests; a late one ends at most this much later. */
  readonly checkIntervalMs: number;
  /** Open connections of one process. Node closes each one above this number at once. */
  readonly maxConnections: number;
}

/**
 * The limits of the service, against clients that send slowly to occupy connections (CWE-400; RFC 9110, 15.5.9). Node looks
 * for late requests every 30 s by default, so one of them could last twice as long.
 */
export const connectionLimits: ConnectionLimits = {
  headersTimeoutMs: 15_000,
  requestTimeoutMs: 30_000,
  checkIntervalMs: 1000,
  maxConnections: 10_000,
};

/** The server options that end slow requests; `answerClientError` writes their answer. */
export const timeoutOptions = (limits: ConnectionLimits) => ({
  requestTimeout: limits.requestTimeoutMs,
  http: { headersTimeout: limits.headersTimeoutMs, connectionsCheckingInterval: limits.checkIntervalMs },
});

/** Bounds the connections of the server. A warning is logged when the first connection above the bound is closed. */
export const limitConnections = (app: FastifyInstance, { maxConnections }: ConnectionLimits): void => {
  app.server.maxConnections = maxConnections;
  app.server.once('drop', () => {
    app.log.warn({ maxConnections }, 'too many open connections: new ones are closed');
  });
};

/**
 * Asks clients and load balancers to open a new connection, which leads to another process, as soon as this one is to stop: an answer
 * says that its connection is closed (RFC 9112, 9.6).
 */
export const closeWhileStopping = (app: FastifyInstance, stopping: AbortSignal): void => {
  app.addHook('onRequest', (_request, reply, done) => {
    if (stopping.aborted) reply.header('connection', 'close');
    done();
  });
};
