import type { Auth, RequestInfo } from '@moonlight/auth';
import { type Locale, successMessages } from '@moonlight/contracts';
import {
  bearerToken,
  type CallObserver,
  type CallTrace,
  type Context,
  type PublicError,
  publicError,
} from '@moonlight/trpc';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Route } from './route.ts';
import { type RestRequest, swapCase, swapKeysOut } from './spelling.ts';

/** What the HTTP host passes to the REST API. */
export interface RestDeps {
  readonly auth: Auth;
  /** The data of a request that the domain may read. */
  readonly requestInfo: (request: RestRequest) => RequestInfo;
  readonly observerOf: (request: RestRequest) => CallObserver;
  readonly trace: CallTrace | undefined;
}

export type Handler = (request: RestRequest, reply: FastifyReply) => Promise<unknown>;
/** Resolves to the output for a request, or rejects with an error that `publicError` reads. */
export type Call<Output = unknown> = (request: RestRequest, context: Context) => Promise<Output>;

/** The context of a procedure that REST calls. */
export const contextOf = ({ auth, requestInfo, observerOf, trace }: RestDeps, request: RestRequest): Context => ({
  auth,
  request: requestInfo(request),
  token: bearerToken(request.headers.authorization),
  observer: observerOf(request),
  trace,
});

/** The success envelope. */
export const envelope = (route: Route, output: unknown, locale: Locale) => ({
  code: 0,
  message: successMessages[route.message(output)][locale],
  ...route.topLevelFields?.(output),
  data: swapKeysOut(output),
});

const causeOf = (thrown: unknown): unknown => (thrown instanceof Error ? (thrown.cause ?? thrown) : thrown);

/** Reads what a procedure threw, sets the answer's status and headers, and logs internal errors. */
export const readError = (
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
const errorEnvelope = ({ code, status, message, requestId, retryAfter, details, deletesAt }: PublicError) => ({
  code: status,
  message,
  error: code,
  request_id: requestId,
  ...(retryAfter === undefined ? {} : { retry_after: retryAfter }),
  ...(deletesAt === undefined ? {} : { deletes_at: deletesAt }),
  ...(details === undefined
    ? {}
    : { details: details.map(({ path, message: sentence }) => ({ path: swapCase(path), message: sentence })) }),
});

/** Answers with the output of a call, or its error, in the envelopes of REST. */
export const procedureHandler =
  (deps: RestDeps, route: Route, call: Call): Handler =>
  async (request, reply) => {
    const context = contextOf(deps, request);
    const info = context.request;
    try {
      const output = await call(request, context);
      reply.code(route.status ?? 200);
      return route.envelope === false ? output : envelope(route, output, info.locale);
    } catch (error) {
      return errorEnvelope(readError(error, { request, reply, info }));
    }
  };
