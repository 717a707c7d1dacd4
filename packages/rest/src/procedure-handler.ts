import type { Auth, RequestInfo } from '@moonlight/auth';
import { type Locale, successMessages } from '@moonlight/contracts';
import { bearerToken, type Context } from '@moonlight/trpc';
import type { FastifyReply } from 'fastify';
import type { RestRequest } from './read-input.ts';
import { readRefusal, refusalBody } from './refuse.ts';
import type { Route } from './route.ts';
import { swapKeysOut } from './swap-keys.ts';

/** What the host hands to the door. */
export interface RestParts {
  readonly auth: Auth;
  /** What the domain may know of a request. */
  readonly requestInfo: (request: RestRequest) => RequestInfo;
}

export type Handler = (request: RestRequest, reply: FastifyReply) => Promise<unknown>;
/** Gets an answer for a request, or rejects with what publicError reads. */
export type Call<Output = unknown> = (request: RestRequest, context: Context) => Promise<Output>;

/** What a procedure works with when REST calls it. */
export const contextOf = ({ auth, requestInfo }: RestParts, request: RestRequest): Context => ({
  auth,
  request: requestInfo(request),
  token: bearerToken(request.headers.authorization),
});

/** What stands around an answer of a procedure. */
export const envelope = (route: Route, output: unknown, locale: Locale) => ({
  code: 0,
  message: successMessages[route.message(output)][locale],
  ...route.beside?.(output),
  data: swapKeysOut(output),
});

/** Answers with what a call says, in the envelope of REST. */
export const procedureHandler =
  (parts: RestParts, route: Route, call: Call): Handler =>
  async (request, reply) => {
    const context = contextOf(parts, request);
    const info = context.request;
    try {
      const output = await call(request, context);
      reply.code(route.status ?? 200);
      return route.envelope === false ? output : envelope(route, output, info.locale);
    } catch (error) {
      return refusalBody(readRefusal(error, { request, reply, info }));
    }
  };
