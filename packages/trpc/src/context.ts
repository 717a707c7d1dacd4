import { AsyncLocalStorage } from 'node:async_hooks';
import type { Auth, Identity, RequestInfo } from '@moonlight/auth';
import type { ErrorCode } from '@moonlight/contracts';

/**
 * Stores the refresh token for a caller that must not read it, such as a script in a browser. With a store, answers carry an
 * empty refresh token, and `auth.refresh` and `auth.logout` take the token from the store. The HTTP host decides where the
 * token is stored.
 */
export interface TokenStore {
  readonly refreshToken: string | undefined;
  save(refreshToken: string): void;
  clear(): void;
}

/** A call of a procedure that has ended. */
export interface FinishedCall {
  /** Its full name, such as `auth.login`. */
  readonly procedure: string;
  /** Undefined when it succeeded. */
  readonly error: ErrorCode | undefined;
  readonly seconds: number;
}

/** Learns what the calls of one request do, for log and metrics. Its methods must not throw. */
export interface CallObserver {
  onIdentity(identity: Identity): void;
  onFinished(call: FinishedCall): void;
}

/** Runs a call of the procedure in a span. */
export type CallTrace = <Output>(procedure: string, run: () => Promise<Output>) => Promise<Output>;

/** What every procedure receives. The tRPC API and the REST API build it in the same way. */
export interface Context {
  readonly auth: Auth;
  readonly request: RequestInfo;
  /** The bearer access token; undefined without `Authorization: Bearer`. */
  readonly token: string | undefined;
  /** Absent for callers that store their refresh token themselves. */
  readonly tokenStore?: TokenStore | undefined;
  readonly observer?: CallObserver | undefined;
  /** Absent if nothing is traced. */
  readonly trace?: CallTrace | undefined;
}

/**
 * The request that is being answered. tRPC formats some errors before a context exists (a wrong content type, for example);
 * those answers also need the caller's language and the request id.
 */
export const currentRequest = new AsyncLocalStorage<RequestInfo>();

/**
 * The token of an `Authorization` header (RFC 6750, 2.1); undefined for other schemes and for `Bearer` alone. Anything else
 * after `Bearer` counts as a token, valid or not.
 */
export const bearerToken = (authorization: string | undefined): string | undefined =>
  /^bearer +(\S.*)$/i.exec(authorization ?? '')?.[1];
