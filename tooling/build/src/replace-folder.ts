import { randomBytes } from 'node:crypto';
import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';

/** Files by their path relative to a folder. */
export type Files = ReadonlyMap<string, Buffer>;

// The end of the name of a file that is still being written.
const UNFINISHED = '.unfinished';

/**
 * Writes a file so that another process sees either the old or the new content, never a part of it. A file with the same
 * content is not touched. Several starts may build into one folder while apps run from it.
 */
export const replaceFile = async (path: string, content: Buffer): Promise<void> => {
  if ((await readFile(path).catch(() => undefined))?.equals(content) === true) return;
  await mkdir(dirname(path), { recursive: true });
  const next = `${path}.${randomBytes(4).toString('hex')}${UNFINISHED}`;
  await writeFile(next, content);
  await rename(next, path);
};

const namesIn = async (folder: string): Promise<string[]> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map((entry) => relative(folder, join(entry.parentPath, entry.name)));
};

/** Reads all files below a folder; none when the folder does not exist. */
export const readFolder = async (folder: string): Promise<Files> => {
  const names = await namesIn(folder);
  return new Map(
    await Promise.all(names.map(async (name): Promise<[string, Buffer]> => [name, await readFile(join(folder, name))])),
  );
};

/**
 * Makes a folder hold exactly `files`, while other processes read it: new files are written before the pages that refer to
 * them, and old files are removed last.
 */
export const replaceFolder = async (folder: string, files: Files): Promise<void> => {
  const isPage = ([name]: [string, Buffer]): boolean => name.endsWith('.html');
  const entries = [...files];
  for (const [name, content] of [...entries.filter((entry) => !isPage(entry)), ...entries.filter(isPage)]) {
    await replaceFile(join(folder, name), content);
  }
  // An unfinished file may belong to another build that runs at the same time.
  const old = (await namesIn(folder)).filter((name) => !files.has(name) && !name.endsWith(UNFINISHED));
  await Promise.all(old.map((name) => rm(join(folder, name), { force: true })));
};
