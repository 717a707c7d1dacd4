import { setTimeout as pause } from 'node:timers/promises';
import type { Running, Service } from './service.ts';
import type { Terminal } from './terminal.ts';

/** A service that is brought back when it ends by itself. */
export type Kept = Pick<Running, 'stop' | 'kill'>;

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 30_000;
// Who ran this long had a single accident and did not fail at once again.
const STEADY_MS = 60_000;

const sentence = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/**
 * Starts `service`, and again whenever it ends by itself, with growing pauses and never without saying so. A developer
 * kills processes to see what happens, and what happens should be what happens elsewhere, where a supervisor does
 * the same. The first start is different: what cannot start at all stops everything.
 */
export const keepRunning = async (service: Service, signal: AbortSignal, terminal: Terminal): Promise<Kept> => {
  const { name, start } = service;
  const ending = new AbortController();
  let running = await start(signal);
  terminal.pass(name, `is up, process ${running.pid}`);
  let pauseMs = FIRST_PAUSE_MS;

  const bringBack = async (why: string): Promise<void> => {
    terminal.say(`${name} ${why}. Starting it again in ${pauseMs / 1000} s.`);
    await pause(pauseMs, undefined, { signal: ending.signal });
    pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    try {
      running = await start(ending.signal);
      terminal.say(`${name} is running again, process ${running.pid}.`);
    } catch (error) {
      ending.signal.throwIfAborted();
      await bringBack(`does not start: ${sentence(error)}`);
    }
  };
  const watch = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      const startedAt = performance.now();
      const how = await running.exited;
      ending.signal.throwIfAborted();
      if (performance.now() - startedAt > STEADY_MS) pauseMs = FIRST_PAUSE_MS;
      await bringBack(`ended by itself (${how})`);
    }
  };
  const watching = watch().catch(() => undefined);

  const stop = async (): Promise<void> => {
    ending.abort();
    await running.stop();
    await watching;
    // It may just have come back.
    await running.stop();
  };
  return { stop, kill: () => running.kill() };
};
