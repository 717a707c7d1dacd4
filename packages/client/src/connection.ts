import type { AppRouter } from '@moonlight/trpc';
import type { HTTPLinkOptions } from '@trpc/client';
import { isAborted, isNetworkError, NetworkFailure, notMoonlightError } from './errors.ts';

type Fetch = NonNullable<HTTPLinkOptions<AppRouter['_def']['_config']['$types']>['fetch']>;

/** How a client reaches its service. */
export interface Connection {
  /** Ends with a slash. */
  readonly url: URL;
  /** Rejects with a NetworkFailure if there is no answer, or if the answer is not JSON. */
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

// The service itself gives up after 30 s. Calls that change the session run one at a time, so one that hangs would block the others.
const TIMEOUT_MS = 35_000;

const RETRY_PAUSES_MS = [250, 1000];

const withSlash = (url: URL): URL => new URL(url.pathname.endsWith('/') ? url.pathname : `${url.pathname}/`, url);

const completeAnswers =
  (url: URL, send: typeof globalThis.fetch): Fetch =>
  async (input, init = {}) => {
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    const signal = init.signal ? AbortSignal.any([init.signal, timeout]) : timeout;
    try {
      const answer = await send(input, { ...init, signal });
      // The body is read here to distinguish an answer that broke off from one that is not JSON.
      const body: unknown = await answer.json();
      return { ok: answer.ok, json: () => Promise.resolve(body) };
    } catch (cause) {
      if (isAborted(init.signal)) throw cause;
      if (cause instanceof SyntaxError) throw notMoonlightError(url, cause);
      throw new NetworkFailure(`Moonlight at ${url.origin} cannot be reached`, { cause });
    }
  };

/** Throws TypeError if `url` is not a URL. */
export const createConnection = ({ url, fetch: given, locale, isCookieMode }: ConnectionOptions): Connection => {
  const base = withSlash(new URL(url, globalThis.location?.href));
  const credentials = isCookieMode ? { credentials: 'include' as const } : {};
  return {
    url: base,
    // The global fetch is looked up at each call: tools that wrap or replace it may load after the client was created.
    fetch: completeAnswers(base, (input, init) => (given ?? globalThis.fetch)(input, { ...init, ...credentials })),
    headers: () => ({
      ...(locale === undefined ? {} : { 'accept-language': typeof locale === 'string' ? locale : locale() }),
      ...(isCookieMode ? { 'x-moonlight-session': 'cookie' } : {}),
    }),
    isCookieMode,
  };
};

/** Waits; rejects with the signal's reason as soon as it is aborted. */
const pause = (ms: number, signal: AbortSignal | null | undefined): Promise<void> =>
  new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    signal?.addEventListener('abort', onAbort, { once: true });
  });

/** Makes up to three attempts, as long as they fail with a network error. Rejects with the error of the last one. */
export const withRetry = async <Result>(
  attempt: (index: number) => Promise<Result>,
  signal?: AbortSignal | null,
): Promise<Result> => {
  for (const [index, ms] of RETRY_PAUSES_MS.entries()) {
    try {
      return await attempt(index);
    } catch (error) {
      if (!isNetworkError(error)) throw error;
      await pause(ms, signal);
    }
  }
  return attempt(RETRY_PAUSES_MS.length);
};
