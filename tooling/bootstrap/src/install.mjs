import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { nodeModules, onEndRequest, root } from './environment.mjs';

const STAMP = join(nodeModules, '.moonlight-installed');
const LOCK = join(nodeModules, '.moonlight-installing');
const WORKSPACE_FOLDERS = ['apps', 'packages', 'tooling'];
const POLL_MS = 200;
const UNREACHABLE = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|SOCKET_TIMEOUT|FETCH_FAIL/;
const KEPT_CHARACTERS = 20_000;

/** @returns {string} A hash of everything that decides what is installed. */
const fingerprint = () => {
  const files = [
    ...['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml'].map((name) => join(root, name)),
    ...WORKSPACE_FOLDERS.map((name) => join(root, name)).flatMap((folder) => {
      const names = existsSync(folder) ? readdirSync(folder).toSorted() : [];
      return names.map((name) => join(folder, name, 'package.json'));
    }),
  ];
  const hash = createHash('sha256').update(`${process.platform}-${process.arch}`);
  for (const file of files.filter((path) => existsSync(path))) hash.update(`\0${file}\0`).update(readFileSync(file));
  return hash.digest('hex');
};

/** @returns {boolean} Whether the last install was completed and would be the same today. */
const isInstalled = () => existsSync(STAMP) && readFileSync(STAMP, 'utf8') === fingerprint();

/** @param {number} pid */
const isAlive = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** @returns {boolean} Whether this process now holds the lock. */
const acquireLock = () => {
  try {
    writeFileSync(LOCK, String(process.pid), { flag: 'wx' });
    return true;
  } catch {
    return false;
  }
};

/**
 * Waits until no other process installs: two installs into one folder at the same time would break it. A lock whose owner
 * has ended is removed.
 *
 * @returns {Promise<() => void>} Releases the lock.
 */
const waitForLock = async () => {
  mkdirSync(nodeModules, { recursive: true });
  const release = () => rmSync(LOCK, { force: true });
  for (let isFirst = true; !acquireLock(); isFirst = false) {
    let owner = 0;
    try {
      owner = Number(readFileSync(LOCK, 'utf8'));
    } catch {
      // The lock has just been released.
    }
    if (owner > 0 && !isAlive(owner)) release();
    else if (isFirst) console.error('Another start is installing packages; waiting for it.');
    await pause(POLL_MS);
  }
  process.once('exit', release);
  return release;
};

/** @returns {string} The package manager as package.json pins it: `pnpm@<version>`. */
const packageManager = () => {
  const manifest = readFileSync(join(root, 'package.json'), 'utf8');
  const pinned = /"packageManager": "(pnpm@[\d.]+)/.exec(manifest)?.[1];
  if (pinned === undefined) throw new Error('package.json does not name a packageManager.');
  return pinned;
};

/**
 * @param {string} output The last output of the package manager.
 * @param {boolean} wasStopped Whether this process ended it.
 */
const explainFailure = (output, wasStopped) => {
  if (wasStopped) return 'The installation was stopped. The next start will install again.';
  const hint = UNREACHABLE.test(output)
    ? 'The package registry cannot be reached. Check the network and proxy; `npm config get registry` prints its address.'
    : 'The reason is above.';
  return `The packages could not be installed. ${hint}`;
};

/**
 * Installs exactly what the lockfile lists. Shows the progress, and the rest of the package manager's output if it fails. Rejects
 * with a sentence that says what failed.
 *
 * @returns {Promise<void>}
 */
const install = () =>
  new Promise((resolve, reject) => {
    let output = '';
    let wasStopped = false;
    const child = spawn('npx', ['-y', packageManager(), 'install', '--frozen-lockfile'], {
      cwd: root,
      // CI suppresses prompts. The others make npm give up on an unreachable registry within seconds instead of minutes.
      env: { ...process.env, CI: 'true', npm_config_fetch_retries: '2', npm_config_fetch_retry_mintimeout: '1000' },
      // In a process group, npx can be ended together with its children.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const stopListening = onEndRequest((signal) => {
      wasStopped = true;
      if (child.pid !== undefined) process.kill(-child.pid, signal);
    });
    /** @param {Buffer} chunk */
    const keep = (chunk) => {
      output = (output + chunk.toString()).slice(-KEPT_CHARACTERS);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    // Standard output belongs to the command that is started, such as `moonlight … --json`.
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line.startsWith('Progress:')) console.error(line);
    });
    child.once('error', reject);
    child.once('close', (code) => {
      stopListening();
      if (code === 0) resolve();
      else {
        if (!wasStopped) process.stderr.write(output);
        reject(new Error(explainFailure(output, wasStopped)));
      }
    });
  });

/** Installs the packages unless they are installed. An interrupted installation is repeated by the next start. */
export const ensureInstalled = async () => {
  if (isInstalled()) return;
  const release = await waitForLock();
  try {
    if (isInstalled()) return;
    console.error('Installing packages. The first time takes about a minute.');
    await install();
    writeFileSync(STAMP, fingerprint());
  } finally {
    release();
  }
};
