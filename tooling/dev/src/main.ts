import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from './repository-root.ts';

// Started by bootstrap.mjs, which has installed what this imports.
process.chdir(repositoryRoot);

const start = async (): Promise<number> => {
  const envFile = join(repositoryRoot, '.env');
  // What the environment says already wins.
  if (existsSync(envFile)) process.loadEnvFile(envFile);
  const { runStart } = await import('./start/run-start.ts');
  return runStart();
};

process.exit(await start());
