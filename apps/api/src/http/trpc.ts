import type { Auth, RequestInfo } from '@moonlight/auth';
import { AuthError } from '@moonlight/auth';
import {
  answerCalls,
  appRouter,
  asTrpcError,
  bearerToken,
  type CallTrace,
  type Context,
  currentRequest,
  errorCodeOf,
  responseMeta,
} from '@moonlight/trpc';
import type { TRPCError } from '@trpc/server';
import { fastifyRequestHandler } from '@trpc/server/adapters/fastify';
import { getErrorShape } from '@trpc/server/unstable-core-do-not-import';
import type { FastifyError, FastifyInstance, FastifyReply } from 'fastify';
import { transportError } from './errors.ts';
import type { RequestInfoOf } from './request-info.ts';
import { recordOf } from './request-record.ts';
import type { TokenStoreOf } from './session-cookie.ts';

interface TrpcDeps {
  readonly trace: CallTrace | undefined;
  readonly auth: Auth;
  readonly requestInfo: RequestInfoOf;
  readonly tokenStoreOf: TokenStoreOf;
}

const MAX_BATCH_SIZE = 10;

/** Answers a request that does not reach tRPC with one error body in tRPC's shape, also for a batch. */
const replyWithTrpcError = (reply: FastifyReply, refusal: AuthError, request: RequestInfo) =>
  currentRequest.run(request, () => {
    const shape = getErrorShape({
      config: appRouter._def._config,
      error: asTrpcError(refusal),
      ctx: undefined,
      input: undefined,
      path: undefined,
      type: 'unknown',
    });
    return reply.code(shape.data.httpStatus).send({ error: shape });
  });

/** Reads JSON without parsing it, and answers errors of Fastify in tRPC's shape. */
const acceptJsonOnly = (scope: FastifyInstance, requestInfo: RequestInfoOf): void => {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  scope.setErrorHandler<FastifyError | AuthError>((error, request, reply) => {
    const refusal = error instanceof AuthError ? error : new AuthError(transportError(error));
    if (refusal.code === 'INTERNAL_ERROR') request.log.error({ err: error }, 'a request failed');
    recordOf(request).refusal = refusal.code;
    return replyWithTrpcError(reply, refusal, requestInfo(request));
  });
};

/**
 * The tRPC API at `/trpc`. It has a scope of its own because tRPC needs unparsed bodies. JSON is the only content type, and a
 * batch contains at most ten calls.
 */
export const trpc = async (
  app: FastifyInstance,
  { auth, trace, requestInfo, tokenStoreOf }: TrpcDeps,
): Promise<void> => {
  await app.register(
    async (scope) => {
      acceptJsonOnly(scope, requestInfo);
      scope.all<{ Params: { path: string }; Querystring: { batch?: unknown; input?: unknown } }>(
        '/:path',
        async (req, res) => {
          const request = requestInfo(req);
          const { path } = req.params;
          if (path.split(',').length > MAX_BATCH_SIZE) throw new AuthError('PAYLOAD_TOO_LARGE');
          // A streamed answer would have neither our status nor our headers.
          delete req.headers['trpc-accept'];
          const record = recordOf(req);
          const context: Context = {
            auth,
            request,
            token: bearerToken(req.headers.authorization),
            tokenStore: tokenStoreOf(req, res),
            observer: record,
            trace,
          };
          const { method, query, body } = req;
          const calls = { method, path, batch: query.batch, inputs: method === 'GET' ? query.input : body };
          const onError = (error: TRPCError, procedure: string | undefined) => {
            if (error.code === 'INTERNAL_SERVER_ERROR')
              req.log.error({ err: error.cause ?? error, procedure }, 'a call failed');
          };
          return currentRequest.run(request, async () => {
            const answer = await answerCalls(calls, context, onError);
            if (answer !== undefined) {
              for (const [name, value] of answer.headers) res.header(name, value);
              return res.code(answer.status).header('content-type', 'application/json').send(answer.body);
            }
            return fastifyRequestHandler({
              router: appRouter,
              req,
              res,
              path,
              createContext: () => context,
              responseMeta,
              onError: ({ error, path: procedure }) => {
                onError(error, procedure);
                // A call that ran has reported its error itself.
                if (!record.calls.some((call) => call.procedure === procedure)) record.refusal = errorCodeOf(error);
              },
            });
          });
        },
      );
    },
    { prefix: '/trpc' },
  );
};
