import { type ErrorCode, errorCatalogue, pickLocale } from '@moonlight/contracts';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** Answers with an error of the catalogue in the envelope every door but tRPC uses. */
export const replyWithError = (request: FastifyRequest, reply: FastifyReply, error: ErrorCode): FastifyReply => {
  const { status, message } = errorCatalogue[error];
  const locale = pickLocale(request.headers['accept-language']);
  return reply.code(status).send({ code: status, message: message[locale], error, request_id: request.id });
};

/** What Fastify itself refuses, in the catalogue's words. */
export const transportError = (error: Pick<FastifyError, 'statusCode'>): ErrorCode => {
  const status = error.statusCode ?? 500;
  if (status === 413) return 'PAYLOAD_TOO_LARGE';
  if (status === 415) return 'UNSUPPORTED_MEDIA_TYPE';
  if (status === 404) return 'NOT_FOUND';
  return status >= 400 && status < 500 ? 'VALIDATION_FAILED' : 'INTERNAL_ERROR';
};

/** Whatever nobody caught leaves in the same envelope, without a word about why; the log has the rest. */
export const lastResortErrors = (app: FastifyInstance): void => {
  app.setNotFoundHandler((request, reply) => replyWithError(request, reply, 'NOT_FOUND'));
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const code = transportError(error);
    if (code === 'INTERNAL_ERROR') request.log.error({ err: error }, 'a request failed');
    return replyWithError(request, reply, code);
  });
};
