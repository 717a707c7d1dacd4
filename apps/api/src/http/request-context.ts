import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { RequestInfo } from '@moonlight/auth';
import { pickLocale } from '@moonlight/contracts';
import type { FastifyRequest } from 'fastify';

const REQUEST_ID = /^[A-Za-z0-9._-]{1,64}$/;

/** The id of a request: the caller's own where it is short and harmless, else a new one. */
export const requestIdOf = (request: Pick<IncomingMessage, 'headers'>): string => {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
};

/** What the domain may know of a request. `ip` is the caller's as far as TRUST_PROXY vouches for it. */
export const requestInfo = (request: FastifyRequest): RequestInfo => ({
  requestId: request.id,
  ip: request.ip,
  userAgent: request.headers['user-agent']?.slice(0, 512) ?? null,
  locale: pickLocale(request.headers['accept-language']),
});
