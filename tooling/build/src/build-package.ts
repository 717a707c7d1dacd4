import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dts } from 'rolldown-plugin-dts';
import { z } from 'zod';
import { bundle } from './bundle.ts';
import { replaceFolder } from './replace-folder.ts';
import { repositoryRoot } from './run-command.ts';

/** The folders of the packages that are published. */
export const publishedPackages = ['client', 'verify'].map((name) => join(repositoryRoot, 'packages', name));

const manifestSchema = z.object({
  exports: z.record(z.string(), z.string()),
  dependencies: z.record(z.string(), z.string()).default({}),
});

/**
 * Builds a published package into its `dist`: a module and its declarations for every entry of the manifest's `exports`,
 * such as `./src/express.ts`. What the manifest lists as dependencies is not bundled. Rejects with the bundler's error.
 */
export const buildPackage = async (folder: string): Promise<void> => {
  const manifest: unknown = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const { exports, dependencies } = manifestSchema.parse(manifest);
  const entries = Object.fromEntries(
    Object.values(exports).map((path) => [path.replace(/^\.\/src\/(.*)\.ts$/, '$1'), join(folder, path)]),
  );
  const external = Object.keys(dependencies).map((name) => new RegExp(`^${name}(/|$)`));
  // Declarations are made from each source file alone, so that no type of the service has to be published.
  const plugins = [dts({ cwd: folder, oxc: true })];
  const files = await bundle({ cwd: folder, entries, platform: 'neutral', external, plugins, codeSplitting: true });
  await replaceFolder(join(folder, 'dist'), files);
};
