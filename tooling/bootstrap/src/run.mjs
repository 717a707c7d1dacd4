import { ensureInstalled } from './ensure-installed.mjs';
import { findNode } from './find-node.mjs';
import { runUntilEnd } from './run-until-end.mjs';

const MODES = ['start', 'test'];

/**
 * Installs what is missing and hands over to the Node version the service is made for.
 *
 * @param {string | undefined} mode What to do: `start` or `test`.
 */
export const run = async (mode) => {
  if (mode === undefined || !MODES.includes(mode)) throw new Error(`Say which: ${MODES.join(' or ')}.`);
  await ensureInstalled();
  process.exitCode = await runUntilEnd(findNode(), mode);
};
