import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';
import { restoreLinks } from './restore-links.ts';

/** The PostgreSQL that came from the package registry. */
export interface PackagedBinaries {
  /** Holds bin/, lib/ and share/, which find each other by relative paths. */
  readonly folder: string;
  readonly version: string;
}

const locate = (): string => {
  const platform = `${process.platform}-${process.arch}`;
  try {
    // <package>/dist/index.js is the one file the package exports.
    return dirname(dirname(createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}`)));
  } catch (cause) {
    const message = `There is no embedded PostgreSQL for ${platform}. Set DATABASE_URL to one of your own.`;
    throw new EmbeddedPostgresError('UNSUPPORTED', message, { cause });
  }
};

const versionOf = async (root: string): Promise<string> => {
  const manifest: unknown = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : '';
};

/** Finds the binaries for this platform and completes them, or throws UNSUPPORTED. */
export const packagedBinaries = async (): Promise<PackagedBinaries> => {
  const root = locate();
  const folder = join(root, 'native');
  await restoreLinks(folder);
  return { folder, version: await versionOf(root) };
};
