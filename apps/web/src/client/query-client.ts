import { isMoonlightError, isNetworkError } from '@moonlight/client';
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { moonlight } from './moonlight.ts';

const listeners = new Set<() => void>();
let isOffline = false;

const setOffline = (next: boolean): void => {
  if (next === isOffline) return;
  isOffline = next;
  for (const listener of listeners) listener();
};

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** Whether the last call got no answer from the service. */
export const useIsOffline = (): boolean => useSyncExternalStore(subscribe, () => isOffline);

const onError = (error: unknown): void => {
  if (isNetworkError(error)) setOffline(true);
  else if (isMoonlightError(error)) setOffline(false);
};

/**
 * The cache of the pages. It does not retry, because the client retries what is safe to retry. It ignores the browser's
 * online state, which is wrong for a service on the same machine.
 */
export const queryClient = new QueryClient({
  queryCache: new QueryCache({
    // The client knows without a request that there is no session; the data is null then.
    onSuccess: (data) => {
      if (data !== null) setOffline(false);
    },
    onError,
  }),
  mutationCache: new MutationCache({ onSuccess: () => setOffline(false), onError }),
  defaultOptions: {
    queries: { networkMode: 'always', retry: false, staleTime: 10_000 },
    mutations: { networkMode: 'always', retry: false },
  },
});

/** Fetches a captcha challenge: each call is a new request. */
export const fetchChallenge = () =>
  queryClient.query({
    queryKey: ['captcha', 'challenge'],
    queryFn: () => moonlight.captcha.challenge.query(),
    staleTime: 0,
    gcTime: 0,
  });

/** Checks whether the service answers, with a call that needs no session; `useIsOffline` tells the result. */
export const checkConnection = async (): Promise<void> => {
  try {
    await fetchChallenge();
  } catch {
    // An error of the API is an answer, too; the cache has seen either.
  }
};
