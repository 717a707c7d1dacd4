import { isSameSession } from './is-same-session.ts';
import type { KeptSession } from './kept-session.ts';
import { isMoonlightError } from './moonlight-error.ts';
import { isNetworkError } from './network-error.ts';
import type { StoredSession } from './session-store.ts';

/** Asks the service for new tokens; undefined where there was nothing to refresh: a cookie that is not there. */
export type RequestRefresh = (refreshToken: string) => Promise<StoredSession | undefined>;

/**
 * A session whose access token is good, and not the one that was `refused`; null without a session. Rejects with the refusal
 * when the service ends the session, and with a network error when it cannot be asked.
 */
export type FreshSession = (refused?: string) => Promise<StoredSession | null>;

// A call must not leave with a token that expires on its way.
const LEEWAY_MS = 30_000;

const isGood = (session: StoredSession, refused: string | undefined): boolean =>
  session.accessToken !== refused && session.expiresAt - Date.now() > LEEWAY_MS;

/** Whether an error says that the session is over. */
export const isEnd = (error: unknown): boolean =>
  isMoonlightError(error, 'REFRESH_TOKEN_INVALID', 'REFRESH_TOKEN_EXPIRED', 'REFRESH_TOKEN_REUSED');

const renew = async (kept: KeptSession, known: StoredSession | null, request: RequestRefresh) => {
  try {
    const renewed = await request(known?.refreshToken ?? '');
    if (renewed === undefined) await kept.end('ended');
    else if (known === null) await kept.begin(renewed, 'restored');
    // The cookie may be that of a login in another tab, of which this one could not hear.
    else if (!isSameSession(known, renewed)) await kept.begin(renewed, 'elsewhere');
    else await kept.renew(renewed);
    return renewed ?? null;
  } catch (error) {
    if (isEnd(error)) await kept.end('ended');
    throw error;
  }
};

/** Makes sure that a session is refreshed once, however many calls wait for it. */
export const createFreshSession = (kept: KeptSession, request: RequestRefresh): FreshSession => {
  let refreshing: Promise<StoredSession | null> | undefined;
  let lastRefusal: { readonly accessToken: string; readonly error: unknown } | undefined;

  const renewUnlessDone = async (refused: string | undefined): Promise<StoredSession | null> => {
    // Another tab, or a login, may have been faster while this waited for its turn.
    const session = await kept.get();
    if (session === null) return kept.mayBeInCookie() ? renew(kept, null, request) : null;
    if (isGood(session, refused)) return session;
    try {
      return await renew(kept, session, request);
    } catch (error) {
      if (isEnd(error)) lastRefusal = { accessToken: session.accessToken, error };
      throw error;
    }
  };
  const refreshOnce = (refused: string | undefined): Promise<StoredSession | null> => {
    refreshing ??= kept
      .exclusive(() => renewUnlessDone(refused))
      .finally(() => {
        refreshing = undefined;
      });
    return refreshing;
  };

  return async (refused) => {
    const session = await kept.get();
    // Of the calls that left with one token, the last to be refused hears the same as the first.
    if (session === null && refused !== undefined && refused === lastRefusal?.accessToken) throw lastRefusal.error;
    if (session === null && !kept.mayBeInCookie()) return refreshing ?? null;
    if (session !== null && isGood(session, refused)) return session;
    try {
      return await refreshOnce(refused);
    } catch (error) {
      // While the service cannot be reached, a token that lives a few seconds more is better than none.
      const isAlive = session !== null && session.accessToken !== refused && session.expiresAt > Date.now();
      if (isAlive && isNetworkError(error)) return session;
      throw error;
    }
  };
};
