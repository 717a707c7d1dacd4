import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'rolldown';
import { repositoryRoot } from '../repository-root.ts';
import { replaceFile } from './replace-file.ts';

/** The apps that run as bundles. */
export type BundledApp = 'api' | 'worker';

const APPS: readonly BundledApp[] = ['api', 'worker'];
// Native code, which the apps list in their package.json, and what `pg` asks for only to find it missing.
const LEFT_OUT = ['@node-rs/argon2', 'pg-native'];
const MIGRATIONS = join(repositoryRoot, 'packages', 'db', 'src', 'migrations');

const distOf = (app: BundledApp): string => join(repositoryRoot, 'apps', app, 'dist');

/** The file Node runs, whether it has been built or not. */
export const bundleOf = (app: BundledApp): string => join(distOf(app), 'main.js');

const bundle = async (app: BundledApp): Promise<void> => {
  const { output } = await build({
    input: join(repositoryRoot, 'apps', app, 'src', 'main.ts'),
    platform: 'node',
    external: LEFT_OUT,
    logLevel: 'warn',
    write: false,
    output: { format: 'esm', codeSplitting: false },
  });
  await replaceFile(bundleOf(app), output[0].code);
};

// Code asks for its migrations beside itself, and in a bundle "itself" is the bundle.
const copyMigrations = async (app: BundledApp): Promise<void> => {
  const files = await readdir(MIGRATIONS, { recursive: true, withFileTypes: true });
  for (const file of files.filter((entry) => entry.isFile())) {
    const path = join(file.parentPath, file.name);
    await replaceFile(path.replace(MIGRATIONS, join(distOf(app), 'migrations')), await readFile(path, 'utf8'));
  }
};

/** Bundles the apps into `apps/<name>/dist`. Rejects with what the bundler complains about. */
export const buildApps = async (): Promise<void> => {
  await Promise.all(APPS.flatMap((app) => [bundle(app), copyMigrations(app)]));
};
