import { EventEmitter, once } from 'node:events';

/** A mail as the page and the JSON API show it. */
export interface Message {
  /** Counts up from 1 as mails arrive. */
  readonly id: string;
  /** The `From` header: `Name <address>`, or the address alone. */
  readonly from: string;
  /** The recipients of the envelope (SMTP's RCPT TO), which the headers may not show. */
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** By lower-case name; of repeated headers, the last one. */
  readonly headers: Readonly<Record<string, string>>;
  readonly messageId: string;
  /** ISO 8601, UTC. */
  readonly receivedAt: string;
}

/** A mail that has no number yet. */
export type Arrival = Omit<Message, 'id'>;

/** A filter for messages. */
export interface Filter {
  /** The address of a recipient, in lower case. */
  readonly to?: string | undefined;
  /** Only messages that arrived after the one with this number. */
  readonly after?: number | undefined;
}

const MAX_MESSAGES = 1000;
const MAX_CHARACTERS = 64 * 1024 * 1024;

const sizeOf = (message: Message): number => message.text.length + message.html.length;

/** The mails of this run, in memory: the last 1000, or fewer when they are large. */
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
    while (this.#messages.length > MAX_MESSAGES || this.#characters > MAX_CHARACTERS) this.#removeOldest();
    this.#arrivals.emit('mail');
    return message;
  }

  #removeOldest(): void {
    const oldest = this.#messages.shift();
    if (oldest !== undefined) this.#characters -= sizeOf(oldest);
  }

  /** Oldest first. */
  list({ to, after = 0 }: Filter = {}): Message[] {
    return this.#messages.filter(
      (message) =>
        Number(message.id) > after && (to === undefined || message.to.some((address) => address.toLowerCase() === to)),
    );
  }

  get(id: string): Message | undefined {
    return this.#messages.find((message) => message.id === id);
  }

  /** Removes every mail. Numbers go on counting, so that a client's `after` does not miss the next mail. */
  clear(): void {
    this.#messages = [];
    this.#characters = 0;
  }

  /** Like `list`, but waits for a mail when there is none, until `signal` aborts. */
  async wait(filter: Filter, signal: AbortSignal): Promise<Message[]> {
    for (;;) {
      const found = this.list(filter);
      if (found.length > 0 || signal.aborted) return found;
      await once(this.#arrivals, 'mail', { signal }).catch(() => undefined);
    }
  }
}
