import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'rolldown';
import { repositoryRoot } from './repository-root.ts';
import { buildWeb, isWebBuilt } from './build-web.ts';
import { replaceFile } from './replace-file.ts';
import { syncFolder } from './sync-folder.ts';

/** The apps that run as bundles. */
export type BundledApp = 'api' | 'worker';

const APPS: readonly BundledApp[] = ['api', 'worker'];
// Native code and the page of the reference, four megabytes that most processes never load, which the apps list in their
// package.json; and what `pg` asks for only to find it missing.
const LEFT_OUT = ['@node-rs/argon2', '@scalar/fastify-api-reference', 'pg-native'];
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
  await replaceFile(bundleOf(app), Buffer.from(output[0].code));
};

/** Whether every app has been built at some time. */
export const isComplete = (): boolean => APPS.every((app) => existsSync(bundleOf(app))) && isWebBuilt();

/** Bundles the apps into `apps/<name>/dist`. Rejects with what the bundler complains about, or when `signal` aborts. */
export const buildApps = async (signal: AbortSignal): Promise<void> => {
  // Code asks for its migrations beside itself, and in a bundle "itself" is the bundle.
  const migrations = APPS.map((app) => syncFolder(MIGRATIONS, join(distOf(app), 'migrations')));
  await Promise.all([...APPS.map(bundle), ...migrations, buildWeb(signal)]);
};
