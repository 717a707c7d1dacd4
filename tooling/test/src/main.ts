import { repositoryRoot } from '@moonlight/build';
import { runTest } from './run-test.ts';

// Started by tooling/bootstrap, which has installed what this imports.
process.chdir(repositoryRoot);
try {
  process.exit(await runTest());
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
