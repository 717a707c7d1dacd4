import { runCli } from './run-cli.ts';

const code = await runCli(process.argv.slice(2), {
  env: process.env,
  now: () => Date.now(),
  out: (text) => process.stdout.write(`${text}\n`),
  err: (text) => process.stderr.write(`${text}\n`),
});
// A connection that does not close must not keep the process, but a pipe must get the whole output first.
process.stdout.write('', () => process.stderr.write('', () => process.exit(code)));
