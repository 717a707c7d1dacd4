import type { AppRouter } from '@moonlight/trpc';
import type { HTTPLinkOptions } from '@trpc/client';

type Fetch = NonNullable<HTTPLinkOptions<AppRouter['_def']['_config']['$types']>['fetch']>;

/** How a client reaches its service. */
export interface Connection {
  /** Ends with a slash. */
  readonly url: URL;
  readonly fetch: Fetch;
  readonly headers: Readonly<Record<string, string>>;
  readonly isCookieMode: boolean;
}

export interface ConnectionOptions {
  readonly url: string;
  readonly fetch?: typeof globalThis.fetch | undefined;
  readonly locale?: string | undefined;
  readonly isCookieMode: boolean;
}

// The service itself gives up after 30 s. A call that hangs would hold back every other one that changes the session.
const TIMEOUT_MS = 35_000;

/** Throws TypeError for what is no URL. */
export const createConnection = ({ url, fetch: given, locale, isCookieMode }: ConnectionOptions): Connection => {
  const base = new URL(url, globalThis.location?.href);
  if (!base.pathname.endsWith('/')) base.pathname += '/';
  return {
    url: base,
    fetch: (input, init = {}) => {
      const timeout = AbortSignal.timeout(TIMEOUT_MS);
      const signal = init.signal ? AbortSignal.any([init.signal, timeout]) : timeout;
      const send = given ?? globalThis.fetch;
      return send(input, { ...init, signal, ...(isCookieMode ? { credentials: 'include' } : {}) });
    },
    headers: {
      ...(locale === undefined ? {} : { 'accept-language': locale }),
      ...(isCookieMode ? { 'x-moonlight-session': 'cookie' } : {}),
    },
    isCookieMode,
  };
};
