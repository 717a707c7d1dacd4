import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** How the name of a file ends that somebody is still writing. */
export const UNFINISHED = '.unfinished';

/**
 * Writes a file so that whoever reads it meanwhile sees the old one or the new one, whole. Equal content is left alone.
 * Several starts build into the same folder, and the others may be running from it.
 */
export const replaceFile = async (path: string, content: Buffer): Promise<void> => {
  if ((await readFile(path).catch(() => undefined))?.equals(content) === true) return;
  await mkdir(dirname(path), { recursive: true });
  const next = `${path}.${randomBytes(4).toString('hex')}${UNFINISHED}`;
  await writeFile(next, content);
  await rename(next, path);
};
