import type { Mail, MailKind, NoticeKind } from '@moonlight/auth';

type MailOf<K extends MailKind> = Extract<Mail, { kind: K }>;

/** A sentence that contains the app's name. */
type Sentence = (app: string) => string;

/** What every mail says: what it is, why it was sent, and what to do if the reader did not cause it. */
interface MailMessages {
  readonly subject: Sentence;
  readonly heading: string;
  readonly intro: Sentence;
  readonly notYou: Sentence;
}

interface ActionMessages extends MailMessages {
  readonly action: string;
}

interface TimedMessages extends Omit<MailMessages, 'intro'> {
  readonly intro: (app: string, time: string) => string;
}

/** The messages of each kind of mail; a kind without messages does not compile. */
interface MessagesByKind extends Record<MailKind, Pick<MailMessages, 'subject' | 'heading'>> {
  readonly 'verification-link': ActionMessages & {
    readonly labels: Readonly<Record<'username' | 'time' | 'device' | 'ipAddress', (value: string) => string>>;
    readonly notMe: string;
  };
  readonly 'verification-code': MailMessages;
  readonly 'reset-link': ActionMessages;
  readonly 'reset-code': MailMessages;
  readonly invitation: ActionMessages & { readonly validity: (hours: number) => string };
  readonly 'password-changed': TimedMessages;
  readonly 'refresh-token-reuse-alert': TimedMessages & {
    readonly usedBy: (device: string) => string;
    readonly ipAddress: (ip: string) => string;
  };
  readonly 'operator-action': Pick<TimedMessages, 'subject' | 'heading'> & {
    /** What the operator did, for each action. */
    readonly intros: Record<
      MailOf<'operator-action'>['action'],
      (app: string, time: string, deletionTime: string) => string
    >;
    readonly questions: Sentence;
  };
  readonly 'security-notices': MailMessages & {
    /** What happened, for each kind of notice. */
    readonly events: Record<NoticeKind, string>;
    readonly summary: (event: string, count: number, lastTime: string) => string;
  };
  readonly 'account-exists': MailMessages & { readonly logIn: string; readonly reset: string };
  readonly 'no-account': ActionMessages;
}

/** Every sentence of every mail in one language. */
export interface Messages {
  readonly greeting: (username: string | undefined) => string;
  readonly minutes: (count: number) => string;
  /** An ISO time, written out for people, in UTC. */
  readonly time: (iso: string) => string;
  readonly device: (browser: string | null, system: string | null) => string;
  readonly unknown: string;
  readonly linkValidity: (minutes: string) => string;
  readonly resetLinkValidity: (minutes: string) => string;
  readonly codeValidity: (minutes: string) => string;
  readonly keepCodeSecret: Sentence;
  /** Stands above a button's URL. */
  readonly buttonFallback: string;
  readonly footer: Sentence;
  readonly mails: MessagesByKind;
}
