import { type Message, startInbox } from '@moonlight/start';

/** The dev inbox, as somebody reads it who waits for a mail. */
export interface Mailbox {
  readonly smtpPort: number;
  /** Where its pages are, and its API. */
  readonly url: string;
  /** The next mail to an address, each once, in the order they came; it may still be on its way. */
  next(to: string): Promise<Message>;
  /** The mails that are here by now: to one address, or all of them. */
  here(to?: string): Promise<Message[]>;
  close(): Promise<void>;
}

// The inbox ends a question after a minute at the latest; a mail that takes longer is lost.
const PATIENCE_SECONDS = 50;

/** Starts a dev inbox of its own: real SMTP in, its long-polling JSON API out. */
export const openMailbox = async (): Promise<Mailbox> => {
  const inbox = await startInbox({ http: 0, smtp: 0 });
  const url = `http://127.0.0.1:${inbox.httpPort}`;
  const read = new Map<string, string>();
  const ask = async (query: Record<string, string>): Promise<Message[]> => {
    const answer = await fetch(`${url}/api/messages?${new URLSearchParams(query)}`);
    const { messages }: { messages: Message[] } = await answer.json();
    return messages;
  };
  return {
    smtpPort: inbox.smtpPort,
    url,
    next: async (to) => {
      const [mail] = await ask({ to, wait: String(PATIENCE_SECONDS), after: read.get(to) ?? '0' });
      if (mail === undefined) throw new Error(`no mail came to ${to} within ${PATIENCE_SECONDS} s`);
      read.set(to, mail.id);
      return mail;
    },
    here: (to) => ask(to === undefined ? {} : { to }),
    close: inbox.close,
  };
};
