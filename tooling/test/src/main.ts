import { repositoryRoot } from '@moonlight/build';
import { runMutants } from './mutants/run-mutants.ts';
import { runCoverage } from './run-coverage.ts';
import { runAllChecks, runQuickChecks } from './run-checks.ts';

const MODES = new Map<string, (args: string[]) => Promise<number>>([
  ['all', runAllChecks],
  ['quick', runQuickChecks],
  ['coverage', runCoverage],
  ['mutants', runMutants],
]);

// Started by tooling/bootstrap, which has installed what this imports.
process.chdir(repositoryRoot);
try {
  const [mode = 'all', ...args] = process.argv.slice(2);
  const run = MODES.get(mode);
  if (run === undefined) throw new Error(`There is no mode ${mode}: choose one of ${[...MODES.keys()].join(', ')}.`);
  process.exit(await run(args));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
