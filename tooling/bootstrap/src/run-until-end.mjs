import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { onEndRequest } from './end-requests.mjs';
import { mainOf, nodeModules, root } from './paths.mjs';

/**
 * Runs the rest on `node`, passing on who wants it to end, and resolves with its exit code.
 *
 * @param {string} node The executable.
 * @param {string} mode What to do.
 * @returns {Promise<number>}
 */
export const runUntilEnd = (node, mode) =>
  new Promise((resolve, reject) => {
    const path = [join(nodeModules, '.bin'), process.env['PATH'] ?? ''].join(delimiter);
    // The channel carries no message: its end tells the child that we were killed.
    const child = spawn(node, [mainOf(mode)], {
      cwd: root,
      env: { ...process.env, PATH: path },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    onEndRequest((signal) => child.kill(signal));
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
