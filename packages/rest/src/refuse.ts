import type { RequestInfo } from '@moonlight/auth';
import { type PublicError, publicError } from '@moonlight/trpc';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { swapCase } from './swap-case.ts';

const causeOf = (thrown: unknown): unknown => (thrown instanceof Error ? (thrown.cause ?? thrown) : thrown);

/** Reads what a procedure threw, sets the status and headers that say it, and logs what nobody foresaw. */
export const readRefusal = (
  thrown: unknown,
  { request, reply, info }: { request: FastifyRequest; reply: FastifyReply; info: RequestInfo },
): PublicError => {
  const error = publicError(thrown, info);
  if (error.code === 'INTERNAL_ERROR') request.log.error({ err: causeOf(thrown) }, 'a call failed');
  reply.code(error.status);
  if (error.status === 401) reply.header('www-authenticate', 'Bearer');
  if (error.retryAfter !== undefined) reply.header('retry-after', error.retryAfter);
  return error;
};

/** The error envelope. */
export const refusalBody = ({ code, status, message, requestId, retryAfter, details }: PublicError) => ({
  code: status,
  message,
  error: code,
  request_id: requestId,
  ...(retryAfter === undefined ? {} : { retry_after: retryAfter }),
  ...(details === undefined
    ? {}
    : { details: details.map(({ path, message: sentence }) => ({ path: swapCase(path), message: sentence })) }),
});
