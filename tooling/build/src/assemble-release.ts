import { readFile, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { APPS, bundleOf, MIGRATIONS, programWithVersionCheck } from './build-apps.ts';
import { bundle } from './bundle.ts';
import { type Files, readFolder, replaceFolder } from './replace-folder.ts';
import { repositoryRoot } from './run-command.ts';

/** Where `npm run build` puts the release. */
export const releaseFolder = join(repositoryRoot, 'dist', 'moonlight');

const API = join(repositoryRoot, 'apps', 'api');
const HASHER = '@node-rs/argon2';
const REFERENCE = '@scalar/fastify-api-reference';
const TRACING = '@moonlight/tracing';

const manifestSchema = z.object({
  version: z.string(),
  license: z.string(),
  optionalDependencies: z.record(z.string(), z.string()).default({}),
});

const readManifest = async (folder: string) =>
  manifestSchema.parse(JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')));

const json = (value: object): Buffer => Buffer.from(`${JSON.stringify(value, null, 2)}\n`);

const under = (folder: string, files: Iterable<readonly [string, Buffer]>): [string, Buffer][] =>
  [...files].map(([name, content]) => [join(folder, name), content]);

/** The files of the apps: `<app>.js`, and what they read from beside themselves. drizzle-kit alone reads the snapshots. */
const apps = async (): Promise<[string, Buffer][]> => {
  const programs = APPS.map(async (app): Promise<[string, Buffer]> => [
    `${app}.js`,
    await readFile(join(dirname(bundleOf(app)), 'app.js')),
  ]);
  const migrations = [...(await readFolder(MIGRATIONS))].filter(([name]) => !name.endsWith('_snapshot.json'));
  return [...(await Promise.all(programs)), ...under('migrations', migrations)];
};

/** The native password hasher: its loader and the builds for this platform, of which the package manager installs one. */
const hasher = async (): Promise<[string, Buffer][]> => {
  const loader = await realpath(join(API, 'node_modules', HASHER));
  const beside = join(loader, '..', '..');
  const { optionalDependencies } = await readManifest(loader);
  const names = [HASHER, ...Object.keys(optionalDependencies)];
  const copied = names.map(async (name) => {
    const files = [...(await readFolder(join(beside, name)))];
    const needed = files.filter(([file]) => /^(?:index\.js|.*\.node|package\.json|LICENSE)$/.test(file));
    return under(join('node_modules', name), needed);
  });
  return (await Promise.all(copied)).flat();
};

/**
 * A package that is loaded only if it is configured, with all that it imports, as one file: for the API reference page
 * instead of 27 packages of 30 MB.
 */
const optional = async (name: string): Promise<[string, Buffer][]> => {
  const { version, license } = await readManifest(join(API, 'node_modules', name));
  const manifest = { name, version, license, type: 'module', exports: './index.js' };
  const files = await bundle({ cwd: API, entries: { index: name }, platform: 'node', codeSplitting: false });
  return under(join('node_modules', name), [...files, ['package.json', json(manifest)]]);
};

// `main.js api` and `main.js worker` run an app; any other command is one of the command line.
const START = `const [command] = process.argv.slice(2);
  import(command === 'api' || command === 'worker' ? './' + command + '.js' : './cli.js');`;

/**
 * Writes what API, worker and command line need at run time, besides Node, to `folder`, and nothing else: that folder is
 * what the image contains and what a server without containers runs. It need not be writable. The apps must have been
 * built. It runs on the platform (system, processor, C library) on which the packages were installed.
 */
export const assembleRelease = async (folder: string): Promise<Files> => {
  const { version, license } = await readManifest(repositoryRoot);
  const parts = await Promise.all([apps(), hasher(), optional(REFERENCE), optional(TRACING)]);
  const files = new Map([
    ...parts.flat(),
    ['main.js', Buffer.from(programWithVersionCheck(START))],
    ['package.json', json({ name: 'moonlight', version, license, type: 'module', engines: { node: '>=24' } })],
    ['LICENSE', await readFile(join(repositoryRoot, 'LICENSE'))],
  ] as const);
  await replaceFolder(folder, files);
  return files;
};
