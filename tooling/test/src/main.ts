import { repositoryRoot } from '@moonlight/build';
import { runCoverage } from './run-coverage.ts';
import { runAllChecks, runQuickChecks } from './run-checks.ts';

const MODES = new Map([
  ['all', runAllChecks],
  ['quick', runQuickChecks],
  ['coverage', runCoverage],
]);

// Started by tooling/bootstrap, which has installed what this imports.
process.chdir(repositoryRoot);
try {
  const mode = process.argv[2] ?? 'all';
  const run = MODES.get(mode);
  if (run === undefined) throw new Error(`There is no mode ${mode}: choose one of ${[...MODES.keys()].join(', ')}.`);
  process.exit(await run());
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
