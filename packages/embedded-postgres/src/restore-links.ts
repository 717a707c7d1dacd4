import { readFile, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';

const isLink = (value: unknown): value is { source: string; target: string } =>
  typeof value === 'object' &&
  value !== null &&
  'source' in value &&
  typeof value.source === 'string' &&
  'target' in value &&
  typeof value.target === 'string';

/**
 * npm packages cannot carry symbolic links, so this one lists those its libraries need and makes them in an install
 * script, which does not run here. Links that cannot be made are left out: `usableBinaries` finds out by running them.
 */
export const restoreLinks = async (binaries: string): Promise<void> => {
  const list: unknown = JSON.parse(await readFile(join(binaries, 'pg-symlinks.json'), 'utf8').catch(() => '[]'));
  for (const { source, target } of Array.isArray(list) ? list.filter(isLink) : []) {
    // The list is written from the package's root, where these files are in `native/`.
    const path = join(binaries, target.replace(/^native\//, ''));
    await symlink(basename(source), path).catch(() => undefined);
  }
};
