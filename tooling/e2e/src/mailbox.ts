import { type Message, startInbox } from '@moonlight/start';

/** A dev inbox, read through its JSON API. */
export interface Mailbox {
  readonly smtpPort: number;
  /** The address of its pages and its API. */
  readonly url: string;
  /** The next unread mail to an address, in order of arrival; waits for it when there is none yet. */
  next(to: string): Promise<Message>;
  /** The mails that have arrived so far: to one address, or all of them. */
  here(to?: string): Promise<Message[]>;
  close(): Promise<void>;
}

// The inbox answers after a minute at the latest. A mail that takes longer counts as lost.
const PATIENCE_SECONDS = 50;

/** Starts a dev inbox on free ports: it takes mail over SMTP, and the result reads it over the long-polling JSON API. */
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

const found = (pattern: RegExp, { subject, text }: Message): string => {
  const match = pattern.exec(text)?.[0];
  if (match === undefined) throw new Error(`the mail "${subject}" holds nothing like ${pattern}:\n${text}`);
  return match;
};

/** The link with a token in the plain text of a mail. */
export const linkIn = (mail: Message): string => found(/https?:\S+\?token=\S+/, mail);

/** The token of that link. */
export const tokenIn = (mail: Message): string => new URL(linkIn(mail)).searchParams.get('token') ?? '';

/** The six digits of a mail. */
export const codeIn = (mail: Message): string => found(/\b\d{6}\b/, mail);
