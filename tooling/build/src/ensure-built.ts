import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { repositoryRoot } from './repository-root.ts';
import { buildApps, isComplete } from './build-apps.ts';
import { fingerprint } from './fingerprint.ts';
import { replaceFile } from './replace-file.ts';

const at = (...path: string[]): string => join(repositoryRoot, ...path);

const STAMP = at('node_modules', '.moonlight-built');

const SOURCES = [at('apps'), at('packages'), at('tooling', 'build'), at('pnpm-lock.yaml')];

/** Builds the apps unless that was done since anything they are made of has changed: most starts change nothing. */
export const ensureBuilt = async (signal: AbortSignal): Promise<void> => {
  const current = await fingerprint(SOURCES);
  const last = await readFile(STAMP, 'utf8').catch(() => undefined);
  if (last === current && isComplete()) return;
  await buildApps(signal);
  await replaceFile(STAMP, Buffer.from(current));
};
