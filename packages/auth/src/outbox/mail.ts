import type { Locale } from '@moonlight/contracts';

interface MailBase {
  /** The recipient's address, as it was typed. */
  readonly to: string;
  readonly locale: Locale;
  /** Absent where there is no account to greet. */
  readonly username?: string;
}

/** Everything that is ever mailed. Urls and codes are secrets: they live in the sealed payload and in the mail, nowhere else. */
export type Mail = MailBase &
  (
    | { readonly kind: 'verification-link'; readonly url: string; readonly expiresInMinutes: number }
    | { readonly kind: 'verification-code'; readonly code: string; readonly expiresInMinutes: number }
    | { readonly kind: 'reset-link'; readonly url: string; readonly expiresInMinutes: number }
    | { readonly kind: 'reset-code'; readonly code: string; readonly expiresInMinutes: number }
    | { readonly kind: 'password-changed'; readonly at: string }
    | {
        readonly kind: 'refresh-token-reuse-alert';
        readonly at: string;
        readonly ip?: string;
        readonly userAgent?: string;
      }
    | { readonly kind: 'account-exists'; readonly loginUrl: string; readonly resetUrl: string }
    | { readonly kind: 'no-account'; readonly registerUrl: string }
  );

export type MailKind = Mail['kind'];

/** A mail on its way out; `id` is its outbox row's, so that every delivery of it carries one Message-ID. */
export interface OutgoingMail {
  readonly id: string;
  readonly mail: Mail;
}

/** Hands a mail to the world. Rejects with MailRefusedError when it was refused for good; anything else means: try again. */
export interface MailSender {
  send(outgoing: OutgoingMail): Promise<void>;
}

/** The mail server refused this mail for good (SMTP 5xx); trying again would not help. */
export class MailRefusedError extends Error {
  override readonly name = 'MailRefusedError';
}

/** Tells the worker that these outbox rows are due. A lost notification loses no mail: the relay finds the row. */
export interface MailQueue {
  add(outboxIds: readonly string[]): Promise<void>;
}
