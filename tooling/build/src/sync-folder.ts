import { readFile, readdir, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { replaceFile, UNFINISHED } from './replace-file.ts';

const filesIn = async (folder: string): Promise<string[]> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map((entry) => relative(folder, join(entry.parentPath, entry.name)));
};

/**
 * Makes `target` hold what `source` holds, for whoever reads it meanwhile: new files come before the pages that name
 * them, and old ones go last.
 */
export const syncFolder = async (source: string, target: string): Promise<void> => {
  const files = await filesIn(source);
  const isPage = (file: string): boolean => file.endsWith('.html');
  for (const file of [...files.filter((name) => !isPage(name)), ...files.filter(isPage)]) {
    await replaceFile(join(target, file), await readFile(join(source, file)));
  }
  // Another build may be writing the same files.
  const old = (await filesIn(target)).filter((file) => !files.includes(file) && !file.endsWith(UNFINISHED));
  await Promise.all(old.map((file) => rm(join(target, file), { force: true })));
};
