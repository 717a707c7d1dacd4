import { copyFileSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { buildPackage } from './build-package.ts';
import { repositoryRoot } from './run-command.ts';

// Run by the `prepack` and `postpack` scripts of a published package, in its folder.

const BACKUP = 'package.workspace.json';

const manifestSchema = z.looseObject({
  dependencies: z.record(z.string(), z.string()).default({}),
  publishConfig: z.looseObject({ exports: z.unknown() }),
});

const installedVersion = (folder: string, name: string): string =>
  z
    .object({ version: z.string() })
    .parse(JSON.parse(readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8'))).version;

/**
 * Replaces the workspace's manifest by the one to publish, for npm (pnpm does this by itself): `exports` name the built
 * files, dependencies have real versions instead of `catalog:`. Also adds the licence.
 */
const writePublishedManifest = (folder: string): void => {
  const file = join(folder, 'package.json');
  const { devDependencies: _omitted, ...manifest } = manifestSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  const { exports, ...publishConfig } = manifest.publishConfig;
  const dependencies = Object.fromEntries(
    Object.keys(manifest.dependencies).map((name) => [name, installedVersion(folder, name)]),
  );
  copyFileSync(file, join(folder, BACKUP));
  copyFileSync(join(repositoryRoot, 'LICENSE'), join(folder, 'LICENSE'));
  writeFileSync(file, `${JSON.stringify({ ...manifest, exports, dependencies, publishConfig }, null, 2)}\n`);
};

/** Brings the workspace's manifest back, also after a `prepack` that was interrupted. */
const restoreManifest = (folder: string): void => {
  rmSync(join(folder, 'LICENSE'), { force: true });
  const backup = join(folder, BACKUP);
  if (existsSync(backup)) renameSync(backup, join(folder, 'package.json'));
};

const folder = process.cwd();
const isPnpm = process.env['npm_config_user_agent']?.startsWith('pnpm/') === true;
const [when] = process.argv.slice(2);
restoreManifest(folder);
if (when === 'prepack') {
  await buildPackage(folder);
  if (!isPnpm) writePublishedManifest(folder);
}
