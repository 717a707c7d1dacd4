import { isMoonlightError, isNetworkError } from '@moonlight/client';
import { useSyncExternalStore } from 'react';

const listeners = new Set<() => void>();
let isAway = false;

const say = (next: boolean): void => {
  if (next === isAway) return;
  isAway = next;
  for (const listener of listeners) listener();
};

/** What the last answer, or its absence, told about the service. Every call reports here. */
export const connection = {
  answered: (): void => say(false),
  failed: (error: unknown): void => {
    if (isNetworkError(error)) say(true);
    else if (isMoonlightError(error)) say(false);
  },
};

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** Whether the service could not be reached the last time anybody tried. */
export const useIsAway = (): boolean => useSyncExternalStore(subscribe, () => isAway);
