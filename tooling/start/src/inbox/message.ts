/** A mail as the page and the JSON API show it. */
export interface Message {
  /** Counts up from 1 as mails arrive. */
  readonly id: string;
  /** The `From` header: `Name <address>`, or the address alone. */
  readonly from: string;
  /** Who the mail was handed in for (SMTP's RCPT TO), whatever its headers claim. */
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** By lower-case name; of repeated ones the last. */
  readonly headers: Readonly<Record<string, string>>;
  readonly messageId: string;
  /** ISO 8601, UTC. */
  readonly receivedAt: string;
}

/** A mail before the mailbox has given it a number. */
export type Arrival = Omit<Message, 'id'>;
