import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodeModules, root } from './paths.mjs';

const STAMP = join(nodeModules, '.moonlight-installed');
const ROOMS = ['apps', 'packages', 'tooling'];

/** @returns {string[]} Everything that decides what is installed. */
const inputs = () => [
  join(root, 'package.json'),
  join(root, 'pnpm-lock.yaml'),
  join(root, 'pnpm-workspace.yaml'),
  ...ROOMS.flatMap((room) => {
    const names = existsSync(join(root, room)) ? readdirSync(join(root, room)).toSorted() : [];
    return names.map((name) => join(root, room, name, 'package.json'));
  }),
];

/** @returns {string} The same as long as another install would change nothing. */
const fingerprint = () => {
  const hash = createHash('sha256').update(`${process.platform}-${process.arch}`);
  for (const file of inputs().filter((path) => existsSync(path))) hash.update(`\0${file}\0`).update(readFileSync(file));
  return hash.digest('hex');
};

/** @returns {boolean} Whether the last install was complete and nothing has changed since. */
export const isInstalled = () => existsSync(STAMP) && readFileSync(STAMP, 'utf8') === fingerprint();

/** To be called after an install that went through. */
export const markInstalled = () => writeFileSync(STAMP, fingerprint());
