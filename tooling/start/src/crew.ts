import { keepRunning, type Kept } from './keep-running.ts';
import type { Service } from './service.ts';
import type { StopRequests } from '@moonlight/build';
import type { Terminal } from './terminal.ts';

/** Everything that runs for us, in the order it was brought up. */
export class Crew {
  readonly #kept: Promise<Kept>[] = [];
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

  /** Resolves when the service is of use; rejects with a sentence that names it, or because we are to end. */
  async keep(service: Service): Promise<void> {
    this.#starting.throwIfAborted();
    const kept = keepRunning(service, this.#starting, this.#terminal);
    this.#kept.push(kept);
    try {
      await kept;
    } catch (error) {
      this.#starting.throwIfAborted();
      throw new Error(`${service.name}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
  }

  /** Calls off what is still starting, then stops the last one first: nobody loses what it stands on. */
  async stopAll(): Promise<void> {
    this.#failed.abort();
    for (const starting of this.#kept.toReversed()) {
      const kept = await starting.catch(() => undefined);
      await kept?.stop();
    }
    if (this.#requests.forced.aborted) this.#terminal.say('Stopped by force.');
  }

  #killAll(): void {
    for (const starting of this.#kept) {
      void starting.then((kept) => kept.kill()).catch(() => undefined);
    }
  }
}
