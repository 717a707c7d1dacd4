import { setTimeout as pause } from 'node:timers/promises';
import type { StopRequests } from '@moonlight/build';
import type { Running } from './run-child.ts';
import type { Service } from './services.ts';
import type { Terminal } from './terminal.ts';

/** A service that is started again when it ends. */
export interface Supervised extends Pick<Running, 'stop' | 'kill'> {
  /** Stops it and starts it again, because its program has changed. A start that is under way is repeated. */
  readonly restart: () => void;
}

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 30_000;
// A service that ran this long did not fail at its start, so the next pause is short again.
const STEADY_MS = 60_000;

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/**
 * Starts `service`, and starts it again whenever it ends, with growing pauses and a message. In production, a process
 * manager does the same. The first start is different: it rejects, because a service that cannot start stops everything.
 */
const supervise = async (service: Service, signal: AbortSignal, terminal: Terminal): Promise<Supervised> => {
  const { name, start } = service;
  const ending = new AbortController();
  let change = Promise.withResolvers<void>();
  let hasChanged = false;
  let running = await start(signal);
  terminal.pass(name, `is up, process ${running.pid}`);
  let pauseMs = FIRST_PAUSE_MS;

  const waitBeforeStart = async (reason: string): Promise<void> => {
    if (hasChanged) return;
    terminal.say(`${name} ${reason}. Starting it again in ${pauseMs / 1000} s.`);
    await Promise.race([pause(pauseMs, undefined, { signal: ending.signal }), change.promise]);
    pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
  };
  const startAgain = async (reason: string): Promise<void> => {
    await waitBeforeStart(reason);
    hasChanged = false;
    change = Promise.withResolvers();
    try {
      running = await start(ending.signal);
      terminal.say(`${name} is running again, process ${running.pid}.`);
    } catch (error) {
      ending.signal.throwIfAborted();
      await startAgain(`does not start: ${messageOf(error)}`);
    }
  };
  const watch = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      const startedAt = performance.now();
      // The program may have changed while it was starting.
      if (hasChanged) void running.stop();
      const how = await running.exited;
      ending.signal.throwIfAborted();
      if (performance.now() - startedAt > STEADY_MS) pauseMs = FIRST_PAUSE_MS;
      await startAgain(`ended by itself (${how})`);
    }
  };
  const watching = watch().catch(() => undefined);

  const stop = async (): Promise<void> => {
    ending.abort();
    await running.stop();
    await watching;
    // A start that was under way may have completed in the meantime.
    await running.stop();
  };
  const restart = (): void => {
    hasChanged = true;
    change.resolve();
    void running.stop();
  };
  return { stop, kill: () => running.kill(), restart };
};

/** Starts services, keeps them running, and stops them in the opposite order. */
export class Supervisor {
  readonly #services: Promise<Supervised>[] = [];
  readonly #failed = new AbortController();
  readonly #starting: AbortSignal;
  readonly #requests: StopRequests;
  readonly #terminal: Terminal;

  constructor(requests: StopRequests, terminal: Terminal) {
    this.#requests = requests;
    this.#terminal = terminal;
    this.#starting = AbortSignal.any([requests.asked, this.#failed.signal]);
    requests.forced.addEventListener('abort', () => this.#killAll(), { once: true });
  }

  /** Resolves when the service is ready. Rejects with a sentence that names it, or when a stop was requested. */
  async start(service: Service): Promise<Supervised> {
    this.#starting.throwIfAborted();
    const supervised = supervise(service, this.#starting, this.#terminal);
    this.#services.push(supervised);
    try {
      return await supervised;
    } catch (error) {
      this.#starting.throwIfAborted();
      throw new Error(`${service.name}: ${messageOf(error)}`, { cause: error });
    }
  }

  /** Cancels the starts that are under way, then stops each service before those it depends on. */
  async stopAll(): Promise<void> {
    this.#failed.abort();
    for (const starting of this.#services.toReversed()) {
      const supervised = await starting.catch(() => undefined);
      await supervised?.stop();
    }
    if (this.#requests.forced.aborted) this.#terminal.say('Stopped by force.');
  }

  #killAll(): void {
    for (const starting of this.#services) {
      void starting.then((supervised) => supervised.kill()).catch(() => undefined);
    }
  }
}
