import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle } from './bundle.ts';
import { readFolder, replaceFolder } from './replace-folder.ts';
import { repositoryRoot, runCommand } from './run-command.ts';

/** The apps that run as long as the service does. */
export type ServiceApp = 'api' | 'worker';

/** All of them. */
export const SERVICES: readonly ServiceApp[] = ['api', 'worker'];

/** The apps that run as bundles: the services and the command line. */
export type BundledApp = ServiceApp | 'cli';

/** Every app that is bundled. */
export const APPS: readonly BundledApp[] = [...SERVICES, 'cli'];

/**
 * Not bundled, but listed in the apps' package.json: native code, and what most processes never load: the API reference page
 * (4 MB) and OpenTelemetry. `pg` tries to load pg-native, which is not installed.
 */
export const EXTERNAL = ['@moonlight/tracing', '@node-rs/argon2', '@scalar/fastify-api-reference', 'pg-native'];
/** Code reads the migrations from the folder beside itself, which for bundled code is the folder of the bundle. */
export const MIGRATIONS = join(repositoryRoot, 'packages', 'db', 'src', 'migrations');
const WEB = join(repositoryRoot, 'apps', 'web');

/** The folders that `buildApps` writes, and what they are for. */
export const appFolders = [
  ...APPS.map((app) => ({ app, use: 'a part of it, inside this repository' })),
  { app: 'web', use: 'the pages: files for a web server (apps/web/README.md)' },
].map(({ app, use }) => ({ folder: join(repositoryRoot, 'apps', app, 'dist'), use }));

/** The file of an app that Node runs, built or not. Below Node 24 it says so in one sentence and exits with 1. */
export const bundleOf = (app: BundledApp): string => join(repositoryRoot, 'apps', app, 'dist', 'main.js');

/** The program that serves the built frontend. */
export const webServer = join(WEB, 'server', 'start.mjs');

const VITE = join(WEB, 'node_modules', 'vite', 'bin', 'vite.js');

/** The program that serves the frontend from its sources, with hot module replacement. */
export const viteServer = { script: VITE, args: [WEB, '--clearScreen', 'false'] };

const NODE_MAJOR = 24;

/**
 * A program that runs `start`, or below Node 24 says in one sentence what it needs and exits with 1. An older Node may fail
 * to parse the apps, so `start` imports them; Node 14 can still parse the check.
 */
export const programWithVersionCheck = (
  start: string,
): string => `if (Number(process.versions.node.split('.')[0]) < ${NODE_MAJOR}) {
  console.error('Moonlight needs Node ${NODE_MAJOR} or newer, but this is Node ' + process.versions.node + '.');
  process.exitCode = 1;
} else {
  ${start}
}
`;

const buildApp = async (app: BundledApp): Promise<void> => {
  const folder = join(repositoryRoot, 'apps', app);
  const files = await bundle({
    entries: { app: join(folder, 'src', 'main.ts') },
    folders: { migrations: MIGRATIONS },
    platform: 'node',
    external: EXTERNAL,
    // Selects React's production build whatever NODE_ENV is at run time. Its development build renders mails more slowly.
    transform: { define: { 'process.env.NODE_ENV': "'production'" } },
    // A running app must not miss a file that a new build has removed.
    codeSplitting: false,
  });
  await replaceFolder(
    join(folder, 'dist'),
    new Map([...files, ['main.js', Buffer.from(programWithVersionCheck("import('./app.js');"))]]),
  );
};

const buildWeb = async (signal: AbortSignal): Promise<void> => {
  const staging = await mkdtemp(join(tmpdir(), 'moonlight-web-'));
  const args = [VITE, 'build', WEB, '--outDir', staging, '--emptyOutDir', '--logLevel', 'warn'];
  try {
    // In a test run NODE_ENV is `test`, but `npm start` uses what a test run has built.
    const env = { NODE_ENV: 'production' };
    const isBuilt = await runCommand({ file: process.execPath, args, env, signal });
    if (!isBuilt) throw new Error('The frontend cannot be built; the reason is above.');
    await replaceFolder(join(WEB, 'dist'), await readFolder(staging));
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
};

/** Whether every app has been built before, from whatever sources. */
export const isComplete = (): boolean =>
  APPS.every((app) => existsSync(bundleOf(app))) && existsSync(join(WEB, 'dist', 'index.html'));

/** Builds all apps into `apps/<name>/dist`. Rejects with the bundler's error, or when `signal` aborts. */
export const buildApps = async (signal: AbortSignal): Promise<void> => {
  await Promise.all([...APPS.map(buildApp), buildWeb(signal)]);
};
