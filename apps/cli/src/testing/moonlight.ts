import { runCli } from '../run-cli.ts';

/** What one run of the command line wrote. */
export interface CliRun {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the command line in this process, with no environment but `env`. */
export const moonlight = async (
  args: string,
  env: NodeJS.ProcessEnv = {},
  now = (): number => Date.now(),
): Promise<CliRun> => {
  const out: string[] = [];
  const err: string[] = [];
  const terminal = { env, now, out: (text: string) => void out.push(text), err: (text: string) => void err.push(text) };
  // A part in double quotes is one argument.
  const parts = [...args.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
  const code = await runCli(parts, terminal);
  return { code, out: out.join('\n'), err: err.join('\n') };
};
