import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const WEB = join(import.meta.dirname, '..', '..', '..', 'apps', 'web');
const VITE = join(WEB, 'node_modules', 'vite', 'bin', 'vite.js');

const run = promisify(execFile);

/** Builds the frontend as it is shipped, into a folder of its own. */
export const buildSite = async (): Promise<{ folder: string; remove: () => Promise<void> }> => {
  const folder = await mkdtemp(join(tmpdir(), 'moonlight-site-'));
  const env = { ...process.env, NODE_ENV: 'production' };
  await run(process.execPath, [VITE, 'build', '--logLevel', 'warn', '--outDir', folder], { cwd: WEB, env });
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
};
