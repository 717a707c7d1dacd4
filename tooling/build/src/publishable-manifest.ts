import { copyFileSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { repositoryRoot } from './repository-root.ts';

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
 * Before npm packs a package: writes the manifest that strangers need, with the built files as exports and real versions
 * in place of the catalog's, and the licence. pnpm does this by itself. The workspace's own manifest waits beside it.
 */
const publish = (folder: string): void => {
  const file = join(folder, 'package.json');
  const backup = join(folder, BACKUP);
  if (existsSync(backup)) renameSync(backup, file);
  const { devDependencies: _left, ...manifest } = manifestSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  const { exports, ...publishConfig } = manifest.publishConfig;
  const dependencies = Object.fromEntries(
    Object.keys(manifest.dependencies).map((name) => [name, installedVersion(folder, name)]),
  );
  copyFileSync(file, backup);
  copyFileSync(join(repositoryRoot, 'LICENSE'), join(folder, 'LICENSE'));
  writeFileSync(file, `${JSON.stringify({ ...manifest, exports, dependencies, publishConfig }, null, 2)}\n`);
};

/** After it has packed: brings the workspace's manifest back. */
const restore = (folder: string): void => {
  rmSync(join(folder, 'LICENSE'), { force: true });
  const backup = join(folder, BACKUP);
  if (existsSync(backup)) renameSync(backup, join(folder, 'package.json'));
};

const isPnpm = process.env['npm_config_user_agent']?.startsWith('pnpm/') === true;
const [when] = process.argv.slice(2);
if (when === 'publish' && !isPnpm) publish(process.cwd());
if (when === 'restore') restore(process.cwd());
