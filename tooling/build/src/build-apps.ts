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

/** The file that Node runs, built or not. Below Node 24 it says so in one sentence and exits with 1. */
export const bundleOf = (app: BundledApp): string => join(distOf(app), 'main.js');

const NODE_MAJOR = 24;

// An older Node may fail to parse the app, so it is imported only after this check, which Node 14 can still parse.
const ENTRY = `if (Number(process.versions.node.split('.')[0]) < ${NODE_MAJOR}) {
  console.error('Moonlight needs Node ${NODE_MAJOR} or newer, but this is Node ' + process.versions.node + '.');
  process.exitCode = 1;
} else {
  import('./app.js');
}
`;

const bundle = async (app: BundledApp): Promise<void> => {
  const { output } = await build({
    input: join(repositoryRoot, 'apps', app, 'src', 'main.ts'),
    platform: 'node',
    external: LEFT_OUT,
    logLevel: 'warn',
    write: false,
    output: { format: 'esm', codeSplitting: false },
  });
  await replaceFile(join(distOf(app), 'app.js'), Buffer.from(output[0].code));
  await replaceFile(bundleOf(app), Buffer.from(ENTRY));
};

/** Whether every app has been built at some time. */
export const isComplete = (): boolean => APPS.every((app) => existsSync(bundleOf(app))) && isWebBuilt();

/** Bundles the apps into `apps/<name>/dist`. Rejects with what the bundler complains about, or when `signal` aborts. */
export const buildApps = async (signal: AbortSignal): Promise<void> => {
  // Code asks for its migrations beside itself, and in a bundle "itself" is the bundle.
  const migrations = APPS.map((app) => syncFolder(MIGRATIONS, join(distOf(app), 'migrations')));
  await Promise.all([...APPS.map(bundle), ...migrations, buildWeb(signal)]);
};
