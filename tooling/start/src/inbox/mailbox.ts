import { EventEmitter, once } from 'node:events';
import type { Arrival, Message } from './message.ts';

/** Which messages somebody asks for; both compared as they stand here, `to` in lower case. */
export interface Wanted {
  readonly to?: string | undefined;
  /** Only messages that came after the one with this number. */
  readonly after?: number | undefined;
}

const MAX_MESSAGES = 1000;
const MAX_CHARACTERS = 64 * 1024 * 1024;

const sizeOf = (message: Message): number => message.text.length + message.html.length;

/** The mails of this run, in memory: the last thousand, or fewer when they are large. */
export class Mailbox {
  #messages: Message[] = [];
  #characters = 0;
  #lastId = 0;
  readonly #arrivals = new EventEmitter().setMaxListeners(0);

  add(arrival: Arrival): Message {
    this.#lastId += 1;
    const message = { id: String(this.#lastId), ...arrival };
    this.#messages.push(message);
    this.#characters += sizeOf(message);
    while (this.#messages.length > MAX_MESSAGES || this.#characters > MAX_CHARACTERS) this.#forgetOldest();
    this.#arrivals.emit('mail');
    return message;
  }

  #forgetOldest(): void {
    const oldest = this.#messages.shift();
    if (oldest !== undefined) this.#characters -= sizeOf(oldest);
  }

  /** Oldest first. */
  list({ to, after = 0 }: Wanted = {}): Message[] {
    return this.#messages.filter(
      (message) =>
        Number(message.id) > after && (to === undefined || message.to.some((address) => address.toLowerCase() === to)),
    );
  }

  get(id: string): Message | undefined {
    return this.#messages.find((message) => message.id === id);
  }

  /** Forgets every mail; numbers go on counting, so that nobody's `after` misses the next one. */
  clear(): void {
    this.#messages = [];
    this.#characters = 0;
  }

  /** Like `list`, but when there is nothing yet, waits for something until `signal` aborts. */
  async wait(wanted: Wanted, signal: AbortSignal): Promise<Message[]> {
    for (;;) {
      const found = this.list(wanted);
      if (found.length > 0 || signal.aborted) return found;
      await once(this.#arrivals, 'mail', { signal }).catch(() => undefined);
    }
  }
}
