import { join, resolve } from 'node:path';

/** The folder of the root package.json. */
export const root = resolve(import.meta.dirname, '..', '..', '..');

export const nodeModules = join(root, 'node_modules');

/**
 * @param {string} mode `start` or `test`.
 * @returns {string} The program that the bootstrap hands over to.
 */
export const mainOf = (mode) => join(root, 'tooling', mode, 'src', 'main.ts');
