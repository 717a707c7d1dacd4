/** One process that runs for us. */
export interface Running {
  readonly pid: number;
  /** Resolves when it ended, asked for or not, with how, in words. */
  readonly exited: Promise<string>;
  /** Asks it to end and waits until it has. May be called more than once. */
  readonly stop: () => Promise<void>;
  /** Ends it without asking. */
  readonly kill: () => void;
}

/** Something `npm start` brings up and keeps up. */
export interface Service {
  readonly name: string;
  /** Resolves when it is of use; rejects with a sentence, and then nothing of it is left. */
  readonly start: (signal: AbortSignal) => Promise<Running>;
}
