import type { AppRouter } from '@moonlight/trpc';
import type { HTTPLinkOptions } from '@trpc/client';
import { isGivenUp } from './is-given-up.ts';
import { NetworkFailure } from './network-error.ts';

type Fetch = NonNullable<HTTPLinkOptions<AppRouter['_def']['_config']['$types']>['fetch']>;

/** How a client reaches its service. */
export interface Connection {
  /** Ends with a slash. */
  readonly url: URL;
  /** Rejects with a NetworkFailure when nothing answers, or what does is no JSON. */
  readonly fetch: Fetch;
  headers(): Record<string, string>;
  readonly isCookieMode: boolean;
}

export interface ConnectionOptions {
  readonly url: string;
  readonly fetch?: typeof globalThis.fetch | undefined;
  readonly locale?: string | (() => string) | undefined;
  readonly isCookieMode: boolean;
}

// The service itself gives up after 30 s. A call that hangs would hold back every other one that changes the session.
const TIMEOUT_MS = 35_000;

const withSlash = (url: URL): URL => new URL(url.pathname.endsWith('/') ? url.pathname : `${url.pathname}/`, url);

const wholeAnswers =
  (url: URL, send: typeof globalThis.fetch): Fetch =>
  async (input, init = {}) => {
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    const signal = init.signal ? AbortSignal.any([init.signal, timeout]) : timeout;
    try {
      const answer = await send(input, { ...init, signal });
      // Read here, so that an answer that breaks off is told apart from one that makes no sense.
      const body: unknown = await answer.json();
      return { ok: answer.ok, json: () => Promise.resolve(body) };
    } catch (cause) {
      if (isGivenUp(init.signal)) throw cause;
      if (cause instanceof SyntaxError) throw notMoonlight(url, cause);
      throw new NetworkFailure(`Moonlight at ${url.origin} cannot be reached`, { cause });
    }
  };

export const notMoonlight = (url: URL, cause: unknown): NetworkFailure =>
  new NetworkFailure(`What answers at ${url.origin} is not Moonlight`, { cause });

/** Throws TypeError for what is no URL. */
export const createConnection = ({ url, fetch: given, locale, isCookieMode }: ConnectionOptions): Connection => {
  const base = withSlash(new URL(url, globalThis.location?.href));
  const credentials = isCookieMode ? { credentials: 'include' as const } : {};
  return {
    url: base,
    // The global one is looked up for each call: tools that watch or replace it come later than a client is made.
    fetch: wholeAnswers(base, (input, init) => (given ?? globalThis.fetch)(input, { ...init, ...credentials })),
    headers: () => ({
      ...(locale === undefined ? {} : { 'accept-language': typeof locale === 'string' ? locale : locale() }),
      ...(isCookieMode ? { 'x-moonlight-session': 'cookie' } : {}),
    }),
    isCookieMode,
  };
};
