import { createHash } from 'node:crypto';
import { readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

const NOT_A_SOURCE = /^(?:node_modules|dist|coverage|\.turbo)$|\.test\.tsx?$|\.unfinished$/;

const filesOf = async (path: string): Promise<string[]> => {
  if ((await stat(path)).isFile()) return [path];
  const entries = await readdir(path, { withFileTypes: true });
  const sources = entries.filter(({ name }) => !NOT_A_SOURCE.test(name));
  const nested = await Promise.all(sources.map((entry) => filesOf(join(path, entry.name))));
  return nested.flat();
};

/** The same as long as no source in `paths`, files or paths, has changed by name or content; tests and what was built do not count. */
export const fingerprint = async (paths: readonly string[]): Promise<string> => {
  const files = (await Promise.all(paths.map(filesOf))).flat().toSorted();
  const hash = createHash('sha256');
  const contents = await Promise.all(files.map((file) => readFile(file)));
  for (const [index, content] of contents.entries()) {
    hash.update(`${files[index]}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
};
