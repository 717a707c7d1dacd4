import type { AppRouter } from '@moonlight/trpc';
import { createTRPCUntypedClient, httpLink } from '@trpc/client';
import { asCallError } from './as-call-error.ts';
import type { Connection } from './connection.ts';
import type { RequestRefresh } from './fresh-session.ts';
import { isMoonlightError } from './moonlight-error.ts';
import { isNetworkError } from './network-error.ts';
import { pause } from './pause.ts';
import { readTokens } from './read-tokens.ts';

// The service answers the same refresh token with the same successor for 10 s after the first time. So every try begins
// within that window, counted from the first, and the last one may take its time.
const TRIES = [
  { timeoutMs: 3000, pauseMs: 250 },
  { timeoutMs: 3000, pauseMs: 1000 },
];
const LAST_TIMEOUT_MS = 15_000;

/**
 * Makes the request for new tokens. An answer that was lost on its way is asked for again with the very same token, which is
 * safe, and the only way to keep the session: the service may have made the successor already.
 */
export const createRequestRefresh = ({ url, fetch, isCookieMode, ...connection }: Connection): RequestRefresh => {
  const client = createTRPCUntypedClient<AppRouter>({
    links: [httpLink({ url: `${url.href}trpc`, fetch, headers: () => connection.headers() })],
  });
  const request = async (refreshToken: string, timeoutMs: number) => {
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      const answer = readTokens(
        await client.mutation('auth.refresh', isCookieMode ? {} : { refreshToken }, { signal }),
      );
      if (answer === undefined) throw new Error('the answer holds no tokens');
      return answer;
    } catch (error) {
      // Without its cookie, a refresh is a request that forgot its token.
      if (isCookieMode && isMoonlightError(error, 'VALIDATION_FAILED')) return undefined;
      throw asCallError(error, url, signal);
    }
  };
  return async (refreshToken) => {
    for (const { timeoutMs, pauseMs } of TRIES) {
      try {
        return await request(refreshToken, timeoutMs);
      } catch (error) {
        if (!isNetworkError(error)) throw error;
        await pause(pauseMs, undefined);
      }
    }
    return request(refreshToken, LAST_TIMEOUT_MS);
  };
};
