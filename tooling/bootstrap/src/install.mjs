import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { onEndRequest } from './end-requests.mjs';
import { root } from './paths.mjs';

const UNREACHABLE = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|SOCKET_TIMEOUT|FETCH_FAIL/;
const KEPT_CHARACTERS = 20_000;

/** @returns {string} The package manager as package.json pins it: `pnpm@<version>`. */
const packageManager = () => {
  const manifest = readFileSync(join(root, 'package.json'), 'utf8');
  const pinned = /"packageManager": "(pnpm@[\d.]+)/.exec(manifest)?.[1];
  if (pinned === undefined) throw new Error('package.json names no packageManager.');
  return pinned;
};

/**
 * @param {string} said What the package manager printed last.
 * @param {boolean} wasCalledOff Whether we ended it ourselves.
 */
const explain = (said, wasCalledOff) => {
  if (wasCalledOff) return 'The installation was called off; the next start does it again.';
  const hint = UNREACHABLE.test(said)
    ? 'The package registry cannot be reached. Check the network and proxy; `npm config get registry` names it.'
    : 'What went wrong is written above.';
  return `The packages could not be installed. ${hint}`;
};

/**
 * Installs what the lockfile says, showing progress. Rejects with a sentence about what went wrong.
 *
 * @returns {Promise<void>}
 */
export const install = () =>
  new Promise((resolve, reject) => {
    let said = '';
    let wasCalledOff = false;
    const child = spawn('npx', ['-y', packageManager(), 'install', '--frozen-lockfile'], {
      cwd: root,
      // CI: nobody is asked anything. The others: npm gives up on a registry that is not there in seconds, not minutes.
      env: { ...process.env, CI: 'true', npm_config_fetch_retries: '2', npm_config_fetch_retry_mintimeout: '1000' },
      // A group of its own, so that it can be ended as a whole.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const stopListening = onEndRequest((signal) => {
      wasCalledOff = true;
      if (child.pid !== undefined) process.kill(-child.pid, signal);
    });
    /** @param {NodeJS.WriteStream} target */
    const passTo = (target) => (/** @type {Buffer} */ chunk) => {
      target.write(chunk);
      said = (said + chunk.toString()).slice(-KEPT_CHARACTERS);
    };
    child.stdout.on('data', passTo(process.stdout));
    child.stderr.on('data', passTo(process.stderr));
    child.once('error', reject);
    child.once('close', (code) => {
      stopListening();
      if (code === 0) resolve();
      else reject(new Error(explain(said, wasCalledOff)));
    });
  });
