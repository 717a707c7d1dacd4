import { Command, CommanderError } from '@commander-js/extra-typings';
import { createCli, Misuse, type Outcome, Refusal, type Terminal } from './cli.ts';
import { commands } from './commands.ts';

const DONE = 0;
const REFUSED = 1;
const MISUSE = 2;

/** What a refusal of a use case means on the command line. */
const SENTENCES: Readonly<Record<string, string>> = {
  USER_NOT_FOUND: 'No account has this email address, username or id.',
  EMAIL_TAKEN: 'Another account has this email address.',
  USERNAME_TAKEN: 'Another account has this username, or it is reserved (RESERVED_USERNAMES).',
};

const explain = async (error: unknown): Promise<{ code: string; message: string }> => {
  if (error instanceof Misuse) return { code: 'MISUSE', message: error.message };
  if (error instanceof Refusal) return { code: 'REFUSED', message: error.message };
  const { AuthError } = await import('@moonlight/auth');
  const { explainFailure } = await import('@moonlight/runtime');
  if (error instanceof AuthError) return { code: error.code, message: SENTENCES[error.code] ?? error.message };
  return { code: 'FAILED', message: explainFailure(error) };
};

/**
 * Runs one command. Returns the exit code: 0 done, 1 refused or failed, 2 misuse. A refusal is one sentence on `err`; with
 * `--json` it is also the document on `out`: `{ "error": { "code", "message" } }`.
 */
export const runCli = async (args: readonly string[], terminal: Terminal): Promise<number> => {
  let outcome: Outcome | undefined;
  const program = new Command('moonlight')
    .description('Operates Moonlight. The configuration is that of the service: environment variables.')
    .exitOverride()
    .showHelpAfterError('(add --help for the arguments and options)')
    .configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => terminal.err(text.trimEnd()),
    });
  const cli = createCli(program, terminal, (answer) => {
    outcome = answer;
  });
  for (const add of commands) add(cli);
  const isJson = args.includes('--json');
  const print = (json: unknown): void => terminal.out(JSON.stringify(json, null, 2));
  try {
    await program.parseAsync([...args], { from: 'user' });
    if (isJson) print(outcome?.json ?? null);
    else if (outcome !== undefined && outcome.text !== '') terminal.out(outcome.text);
    return outcome?.isRefused === true ? REFUSED : DONE;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return DONE;
      if (isJson) print({ error: { code: 'MISUSE', message: error.message.replace(/^error: /, '') } });
      return MISUSE;
    }
    const failure = await explain(error);
    if (isJson) print({ error: failure });
    terminal.err(failure.message);
    return error instanceof Misuse ? MISUSE : REFUSED;
  }
};
