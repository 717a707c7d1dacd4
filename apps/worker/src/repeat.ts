import { setTimeout as pause } from 'node:timers/promises';
import type { Log } from '@moonlight/auth';

interface Task {
  readonly name: string;
  readonly everySeconds: number;
  readonly run: (signal: AbortSignal) => Promise<unknown>;
}

/**
 * Runs a task again and again with a pause in between, the first time at once. A failure is logged and waits for the next
 * round. The answer stops it and resolves when the round that is under way is over.
 */
export const repeat = ({ name, everySeconds, run }: Task, log: Log): (() => Promise<void>) => {
  const stopping = new AbortController();
  const { signal } = stopping;
  const loop = async () => {
    while (!signal.aborted) {
      try {
        await run(signal);
      } catch (error) {
        log.warn({ err: error, task: name }, 'a task of the worker failed and will be tried again');
      }
      await pause(everySeconds * 1000, undefined, { signal }).catch(() => undefined);
    }
  };
  const running = loop();
  return async () => {
    stopping.abort();
    await running;
  };
};
