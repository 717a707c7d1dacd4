import type { Command } from '@commander-js/extra-typings';
import type { AuthDeps } from '@moonlight/auth';
import type { Config } from '@moonlight/config';
import { withAuth } from './with-auth.ts';

/** Where a command reads its configuration from and writes to. */
export interface Terminal {
  readonly env: NodeJS.ProcessEnv;
  out(text: string): void;
  err(text: string): void;
  /** This machine's time, in milliseconds since 1970. */
  now(): number;
}

/** What a command answers. */
export interface Outcome {
  /** The document that `--json` prints. Its shape is stable: fields are added, never renamed. */
  readonly json: unknown;
  /** What is printed without `--json`. */
  readonly text: string;
  /** Makes the exit code 1, for a command that found something wrong. */
  readonly isRefused?: boolean;
}

/** A refusal in one sentence that says what to do. The exit code is 1. */
export class Refusal extends Error {
  override readonly name: string = 'Refusal';
}

/** Arguments that do not fit together. The exit code is 2. */
export class Misuse extends Refusal {
  override readonly name = 'Misuse';
}

/** What the files in `commands/` build their commands with. */
export interface Cli {
  readonly terminal: Terminal;
  /** Adds a command, which also gets `--json`. A name of two words, such as `user list`, is a command of a group. */
  readonly command: (name: string, summary: string) => Command<[], { json?: true }>;
  /** The configuration. Rejects with all errors of the environment. */
  readonly config: () => Promise<Config>;
  /** Runs `work` with the dependencies of the service's use cases. */
  readonly withAuth: <T>(work: (deps: AuthDeps) => Promise<T>) => Promise<T>;
  /** Makes an action of a function: prints what it returns. The function's arguments are those of the action. */
  act<Arguments extends unknown[]>(
    run: (...args: Arguments) => Promise<Outcome>,
  ): (...args: Arguments) => Promise<void>;
}

const GROUPS: Readonly<Record<string, string>> = {
  user: 'Accounts.',
  mail: 'Mails in the outbox.',
  keys: 'The keys that sign access tokens.',
  secret: 'SECRET_KEY.',
  audit: 'The audit log.',
};

/** The builder of commands below `program`. `onOutcome` gets what a command answers. */
export const createCli = (program: Command, terminal: Terminal, onOutcome: (outcome: Outcome) => void): Cli => {
  const groups = new Map<string, Command>();
  const groupOf = (name: string): Command => {
    const group = groups.get(name) ?? program.command(name).description(GROUPS[name] ?? '');
    groups.set(name, group);
    return group;
  };
  const config = async (): Promise<Config> => (await import('@moonlight/config')).loadConfig(terminal.env);
  return {
    terminal,
    config,
    withAuth: async (work) => withAuth(await config(), work),
    command: (name, summary) => {
      const [first = '', second] = name.split(' ');
      const command = second === undefined ? program.command(first) : groupOf(first).command(second);
      return command.description(summary).option('--json', 'print one JSON document');
    },
    act:
      (run) =>
      async (...args) =>
        onOutcome(await run(...args)),
  };
};
