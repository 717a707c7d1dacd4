type Sentence = (app: string) => string;

/** What every mail says: what it is, why it came, and what to do if it was not you. */
interface Message {
  readonly subject: Sentence;
  readonly heading: string;
  readonly intro: Sentence;
  readonly notYou: Sentence;
}

interface ActionMessage extends Message {
  readonly action: string;
}

interface TimedMessage extends Omit<Message, 'intro'> {
  readonly intro: (app: string, time: string) => string;
}

/** Every sentence of every mail; a language that lacks one does not compile. */
export interface Words {
  readonly greeting: (username: string | undefined) => string;
  readonly minutes: (count: number) => string;
  /** An ISO time, written out for people, in UTC. */
  readonly time: (iso: string) => string;
  readonly device: (browser: string | undefined, system: string | undefined) => string;
  readonly unknown: string;
  readonly linkLives: (minutes: string) => string;
  readonly resetLinkLives: (minutes: string) => string;
  readonly codeLives: (minutes: string) => string;
  readonly keepCodeSecret: Sentence;
  readonly openAddress: string;
  readonly footer: Sentence;
  readonly verificationLink: ActionMessage;
  readonly verificationCode: Message;
  readonly resetLink: ActionMessage;
  readonly resetCode: Message;
  readonly passwordChanged: TimedMessage;
  readonly refreshTokenReuseAlert: TimedMessage & {
    readonly device: (device: string) => string;
    readonly address: (address: string) => string;
  };
  readonly accountExists: Message & { readonly logIn: string; readonly reset: string };
  readonly noAccount: ActionMessage;
}
