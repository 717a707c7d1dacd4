import type { Identity } from '@moonlight/auth';
import type { ErrorCode } from '@moonlight/contracts';
import type { CallObserver, FinishedCall } from '@moonlight/trpc';
import type { OpenSpan } from '@moonlight/runtime/tracing';
import type { FastifyInstance, FastifyRequest } from 'fastify';

declare module 'fastify' {
  interface FastifyRequest {
    record: RequestRecord | null;
  }
}

/** What happened in a request, for the access log and the metrics. It contains no input and no output. */
export class RequestRecord implements CallObserver {
  readonly calls: FinishedCall[] = [];
  /** Who made the calls that needed a session. */
  identity: Identity | undefined;
  /** Why the request, or a call of its batch, reached no procedure. */
  refusal: ErrorCode | undefined;
  /** Undefined if the request is not traced. */
  span: OpenSpan | undefined;

  onIdentity(identity: Identity): void {
    this.identity = identity;
  }

  onFinished(call: FinishedCall): void {
    this.calls.push(call);
  }
}

/** Declares the record: a property that is added to each request later would slow down every access to the request. */
export const decorateRequests = (app: FastifyInstance): void => {
  app.decorateRequest('record', null);
};

/** The record of a request; it begins empty. */
export const recordOf = (request: FastifyRequest): RequestRecord => (request.record ??= new RequestRecord());

/** The route's pattern, never the URL: a URL can contain a token, and metrics must have few labels. */
export const routeOf = (request: FastifyRequest): string => request.routeOptions.url ?? 'unknown';
