import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '@moonlight/build';
import { runMoonlight } from './run-moonlight.ts';
import { runStart } from './run-start.ts';

// Started by tooling/bootstrap, which has installed what this imports.
process.chdir(repositoryRoot);
const envFile = join(repositoryRoot, '.env');
// A variable that is set in the environment overrides its line in the file.
if (existsSync(envFile)) process.loadEnvFile(envFile);
try {
  const [mode, ...args] = process.argv.slice(2);
  process.exit(mode === 'moonlight' ? await runMoonlight(args) : await runStart(mode === 'dev' ? 'dev' : 'start'));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
