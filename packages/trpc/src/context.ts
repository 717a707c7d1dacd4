import { AsyncLocalStorage } from 'node:async_hooks';
import type { Auth, RequestInfo } from '@moonlight/auth';

/**
 * Keeps the refresh token of a caller that must not see it, as the scripts of a browser must not. Where there is one, answers
 * carry an empty refresh token, and `auth.refresh` and `auth.logout` find theirs here. How it is kept is the host's affair.
 */
export interface TokenKeeper {
  readonly refreshToken: string | undefined;
  keep(refreshToken: string): void;
  forget(): void;
}

/** What every procedure works with. The REST door makes one just like the tRPC door. */
export interface Context {
  readonly auth: Auth;
  readonly request: RequestInfo;
  /** The bearer access token; undefined without `Authorization: Bearer`. */
  readonly token: string | undefined;
  /** Absent for callers that keep their refresh token themselves. */
  readonly keeper?: TokenKeeper | undefined;
}

/**
 * The request that is being answered. tRPC formats some errors before it has made a context (a wrong content type, say),
 * and those answers, too, are in the reader's language and carry the request id.
 */
export const currentRequest = new AsyncLocalStorage<RequestInfo>();

/**
 * The token of an `Authorization` header (RFC 6750, 2.1); undefined for other schemes and for `Bearer` alone. Whatever
 * else follows `Bearer` is a token, if not a good one.
 */
export const bearerToken = (authorization: string | undefined): string | undefined =>
  /^bearer +(\S.*)$/i.exec(authorization ?? '')?.[1];
