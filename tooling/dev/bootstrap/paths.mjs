import { join, resolve } from 'node:path';

/** The folder of the root package.json. */
export const root = resolve(import.meta.dirname, '..', '..', '..');

export const nodeModules = join(root, 'node_modules');

/** What goes on where the bootstrap ends. */
export const main = join(root, 'tooling', 'dev', 'src', 'main.ts');
