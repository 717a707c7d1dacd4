import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { nodeModules } from './paths.mjs';

const LOCK = join(nodeModules, '.moonlight-installing');
const POLL_MS = 200;

/** @param {number} pid */
const isAlive = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** @returns {boolean} Whether the lock is ours now. */
const take = () => {
  try {
    writeFileSync(LOCK, String(process.pid), { flag: 'wx' });
    return true;
  } catch {
    return false;
  }
};

/**
 * Two installs into one folder at once would spoil it: the second waits for the first, then usually finds nothing to do.
 *
 * @returns {Promise<() => void>} To be called when the install is over.
 */
export const waitForTurn = async () => {
  mkdirSync(nodeModules, { recursive: true });
  const release = () => rmSync(LOCK, { force: true });
  for (let isFirst = true; !take(); isFirst = false) {
    let owner = 0;
    try {
      owner = Number(readFileSync(LOCK, 'utf8'));
    } catch {
      // It was given back this moment.
    }
    if (owner > 0 && !isAlive(owner)) release();
    else if (isFirst) console.log('Another start is installing packages; waiting for it.');
    await pause(POLL_MS);
  }
  process.once('exit', release);
  return release;
};
