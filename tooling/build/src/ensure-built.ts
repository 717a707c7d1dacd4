import { createHash } from 'node:crypto';
import { readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { buildApps, isComplete } from './build-apps.ts';
import { repositoryRoot } from './run-command.ts';
import { replaceFile } from './replace-folder.ts';

const NOT_A_SOURCE = /^(?:node_modules|dist|coverage|\.turbo)$|\.test\.tsx?$|\.unfinished$/;

const filesOf = async (path: string): Promise<string[]> => {
  if ((await stat(path)).isFile()) return [path];
  const entries = await readdir(path, { withFileTypes: true });
  const sources = entries.filter(({ name }) => !NOT_A_SOURCE.test(name));
  const nested = await Promise.all(sources.map((entry) => filesOf(join(path, entry.name))));
  return nested.flat();
};

/** A hash of the names and contents of all sources in `paths` (files or folders), without tests and build output. */
export const fingerprint = async (paths: readonly string[]): Promise<string> => {
  const files = (await Promise.all(paths.map(filesOf))).flat().toSorted();
  const hash = createHash('sha256');
  const contents = await Promise.all(files.map((file) => readFile(file)));
  for (const [index, content] of contents.entries()) {
    hash.update(`${files[index]}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
};

const at = (...path: string[]): string => join(repositoryRoot, ...path);

const STAMP = at('node_modules', '.moonlight-built');
const SOURCES = [at('apps'), at('packages'), at('tooling', 'build'), at('pnpm-lock.yaml')];

/** Builds the apps, whether their sources have changed or not. Rejects with the bundler's error, or when `signal` aborts. */
export const rebuild = async (signal: AbortSignal): Promise<void> => {
  const current = await fingerprint(SOURCES);
  await buildApps(signal);
  await replaceFile(STAMP, Buffer.from(current));
};

/** Builds the apps if any of their sources has changed since the last build. Rejects as `rebuild` does. */
export const ensureBuilt = async (signal: AbortSignal): Promise<void> => {
  const last = await readFile(STAMP, 'utf8').catch(() => undefined);
  if (last !== (await fingerprint(SOURCES)) || !isComplete()) await rebuild(signal);
};
