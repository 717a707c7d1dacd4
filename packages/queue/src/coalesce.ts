import { setTimeout as pause } from 'node:timers/promises';

/**
 * Makes calls share runs of `act`: each call settles like a run that started after it. There is one run at a time, and
 * `pauseMs` between the starts of two, so that a busy process does not run it for every call.
 */
export const coalesce = (act: () => Promise<void>, pauseMs: number): (() => Promise<void>) => {
  let previous: Promise<unknown> = Promise.resolve();
  let next: Promise<void> | undefined;
  const run = async (): Promise<void> => {
    await previous;
    next = undefined;
    const acting = act();
    previous = Promise.allSettled([acting, pause(pauseMs, undefined, { ref: false })]);
    await acting;
  };
  return () => (next ??= run());
};
