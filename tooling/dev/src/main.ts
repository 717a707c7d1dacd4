import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from './repository-root.ts';

// Started by bootstrap.mjs, which has installed what this imports.
const start = async (): Promise<number> => {
  const envFile = join(repositoryRoot, '.env');
  // What the environment says already wins.
  if (existsSync(envFile)) process.loadEnvFile(envFile);
  const { runStart } = await import('./start/run-start.ts');
  return runStart();
};

const test = async (): Promise<number> => {
  const { runTest } = await import('./test/run-test.ts');
  return runTest();
};

process.chdir(repositoryRoot);
try {
  process.exit(process.argv[2] === 'test' ? await test() : await start());
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
