import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { nodeModules } from './paths.mjs';

const NEEDED = 24;

/**
 * The Node that came with the packages, else the shell's if that is new enough: not every platform has one in the
 * registry, and some that have cannot run it.
 *
 * @returns {string} The executable.
 */
export const findNode = () => {
  const pinned = join(nodeModules, `node-${process.platform}-${process.arch}`, 'bin', 'node');
  if (spawnSync(pinned, ['--version']).status === 0) return pinned;
  if (Number(process.versions.node.split('.')[0]) >= NEEDED) return process.execPath;
  throw new Error(
    `Moonlight runs on Node ${NEEDED} and brings it along on Linux only. Here (${process.platform} on ${process.arch}) ` +
      `it needs Node ${NEEDED} or newer in the shell, which has ${process.versions.node}: https://nodejs.org`,
  );
};
