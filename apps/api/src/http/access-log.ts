import type { Config } from '@moonlight/config';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ClientAddressOf } from './client-address.ts';
import { recordOf, routeOf } from './request-record.ts';

interface AccessLogParts {
  readonly clientAddressOf: ClientAddressOf;
  readonly logging: Pick<Config['logging'], 'level' | 'isAccessLogOn'>;
}

// Probes and scrapes arrive every few seconds and say nothing about users.
export const PROBES = new Set(['/health', '/health/ready', '/metrics']);

const joined = (values: readonly (string | undefined)[]): string | undefined =>
  [...new Set(values.filter((value) => value !== undefined))].join(',') || undefined;

const fieldsOf = (request: FastifyRequest, reply: FastifyReply) => {
  const { calls, identity, refusal } = recordOf(request);
  const length = reply.getHeader('content-length');
  const isAnswered = reply.raw.writableFinished;
  return {
    method: request.method,
    procedure: joined(calls.map(({ procedure }) => procedure)),
    ...(isAnswered ? { status: reply.statusCode } : { aborted: true }),
    code: joined([...calls.map(({ error }) => error), refusal]),
    ms: Math.round(reply.elapsedTime * 10) / 10,
    bytes: length === undefined ? undefined : Number(length),
    userId: identity?.user.id,
    sessionId: identity?.sessionId,
  };
};

/**
 * What writes one line for a request when it has been answered, or when the client has closed the
 * connection before. The line contains no URL, because a URL can contain a token, and no input. `code` has the error codes
 * of the catalogue; a batch joins its procedures and codes with commas. Probes, and every request if the access log is off, have
 * the level `debug`.
 */
const accessLine = ({ clientAddressOf, logging }: AccessLogParts) => {
  const isDebugging = logging.level === 'debug' || logging.level === 'trace';
  if (!logging.isAccessLogOn && !isDebugging) return undefined;
  return (request: FastifyRequest, reply: FastifyReply): void => {
    const route = routeOf(request);
    const level = logging.isAccessLogOn && !PROBES.has(route) ? 'info' : 'debug';
    if (level === 'debug' && !isDebugging) return;
    // Read now: a connection that was closed has no address.
    const ip = clientAddressOf(request.raw);
    reply.raw.once('close', () => request.log[level]({ ...fieldsOf(request, reply), route, ip }, 'answered'));
  };
};

/**
 * Writes the access log: one line for each request. Register it before the hooks that can refuse a request. Returns what
 * writes the line of a request for which Fastify runs no hooks; undefined if there is nothing to write.
 */
export const accessLog = (app: FastifyInstance, parts: AccessLogParts) => {
  const write = accessLine(parts);
  if (write !== undefined)
    app.addHook('onRequest', (request, reply, done) => {
      write(request, reply);
      done();
    });
  return write;
};
