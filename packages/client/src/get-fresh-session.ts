import type { AppRouter } from '@moonlight/trpc';
import { createTRPCUntypedClient, httpLink } from '@trpc/client';
import { type Connection, withRetry } from './connection.ts';
import { isMoonlightError, isNetworkError, toCallError } from './errors.ts';
import type { SessionManager } from './session-manager.ts';
import { isSameSession, readTokens, type StoredSession } from './session-store.ts';

/**
 * The session with an access token that is valid and not the one that was `refused`; null if there is no session. Through a
 * read-only store nothing is refreshed: the session is returned as stored, also with an expired token, and null if its token
 * is the one that was refused. Rejects with the refusal if the service has ended the session, and with a network error if
 * the service cannot be reached.
 */
export type GetFreshSession = (refused?: string) => Promise<StoredSession | null>;

/**
 * Asks the service for new tokens; undefined if there was nothing to refresh, because the cookie is missing. Without a known
 * session it asks whether the cookie has one: a missing or dead cookie is no error then, which browsers would log.
 */
type RequestRefresh = (known: StoredSession | null) => Promise<StoredSession | undefined>;

// An access token must not expire on its way to the service.
const LEEWAY_MS = 30_000;

// For 10 s after the first use of a refresh token, the service answers it with the same successor. Every attempt begins within
// that window, counted from the first one; the last may take longer.
const ATTEMPT_TIMEOUTS_MS = [3000, 3000];
const LAST_TIMEOUT_MS = 15_000;

/**
 * If the answer to a refresh is lost, the same token is sent again. That is safe, and the only way to keep the session: the
 * service may have issued the successor already.
 */
const createRequestRefresh = ({ url, fetch, isCookieMode, ...connection }: Connection): RequestRefresh => {
  const client = createTRPCUntypedClient<AppRouter>({
    links: [httpLink({ url: `${url.href}trpc`, fetch, headers: () => connection.headers() })],
  });
  const request = async (known: StoredSession | null, timeoutMs: number) => {
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      const input = isCookieMode ? {} : { refreshToken: known?.refreshToken };
      const answer = await client.mutation(known === null ? 'sessions.restore' : 'auth.refresh', input, { signal });
      if (known === null && answer === null) return undefined;
      const tokens = readTokens(answer);
      if (tokens === undefined) throw new Error('the answer holds no tokens');
      return tokens;
    } catch (error) {
      // Without the cookie, the request has no refresh token, which the service reports as invalid input.
      if (isCookieMode && isMoonlightError(error, 'VALIDATION_FAILED')) return undefined;
      throw toCallError(error, url, signal);
    }
  };
  return (known) => withRetry((attempt) => request(known, ATTEMPT_TIMEOUTS_MS[attempt] ?? LAST_TIMEOUT_MS));
};

const isValid = (session: StoredSession, refused: string | undefined): boolean =>
  session.accessToken !== refused && session.expiresAt - Date.now() > LEEWAY_MS;

/** Whether the service refused a refresh because the session is over. */
export const isSessionEnd = (error: unknown): boolean =>
  isMoonlightError(error, 'REFRESH_TOKEN_INVALID', 'REFRESH_TOKEN_EXPIRED', 'REFRESH_TOKEN_REUSED');

const refresh = async (manager: SessionManager, known: StoredSession | null, request: RequestRefresh) => {
  try {
    const renewed = await request(known);
    if (renewed === undefined) await manager.end('ended');
    else if (known === null) await manager.begin(renewed, 'restored');
    // The cookie may belong to a login in another tab that this tab received no message about.
    else if (!isSameSession(known, renewed)) await manager.begin(renewed, 'elsewhere');
    else await manager.renew(renewed);
    return renewed ?? null;
  } catch (error) {
    if (isSessionEnd(error)) await manager.end('ended');
    throw error;
  }
};

/** Refreshes the session at most once at a time, however many calls wait for it. */
export const createGetFreshSession = (manager: SessionManager, connection: Connection): GetFreshSession => {
  const request = createRequestRefresh(connection);
  let refreshing: Promise<StoredSession | null> | undefined;
  let lastRefusal: { readonly accessToken: string; readonly error: unknown } | undefined;

  const refreshUnlessDone = async (refused: string | undefined): Promise<StoredSession | null> => {
    // Another tab may have refreshed, or a login may have replaced the session, while this one waited for the lock.
    const session = await manager.get();
    if (session === null) return manager.mayBeInCookie() ? refresh(manager, null, request) : null;
    if (isValid(session, refused)) return session;
    try {
      return await refresh(manager, session, request);
    } catch (error) {
      if (isSessionEnd(error)) lastRefusal = { accessToken: session.accessToken, error };
      throw error;
    }
  };
  const refreshOnce = (refused: string | undefined): Promise<StoredSession | null> => {
    refreshing ??= manager
      .exclusive(() => refreshUnlessDone(refused))
      .finally(() => {
        refreshing = undefined;
      });
    return refreshing;
  };

  return async (refused) => {
    const session = await manager.get();
    // All calls that were sent with the same token reject with the same error, also those refused after the session ended.
    if (session === null && refused !== undefined && refused === lastRefusal?.accessToken) throw lastRefusal.error;
    if (session === null && !manager.mayBeInCookie()) return refreshing ?? null;
    if (session !== null && isValid(session, refused)) return session;
    if (session !== null && (await manager.isReadonly())) return session.accessToken === refused ? null : session;
    try {
      return await refreshOnce(refused);
    } catch (error) {
      // If the service cannot be reached, a token that is valid for a few more seconds is better than none.
      const isAlive = session !== null && session.accessToken !== refused && session.expiresAt > Date.now();
      if (isAlive && isNetworkError(error)) return session;
      throw error;
    }
  };
};
