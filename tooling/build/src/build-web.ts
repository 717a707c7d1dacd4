import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repositoryRoot } from './repository-root.ts';
import { runCommand } from './run-command.ts';
import { syncFolder } from './sync-folder.ts';

const WEB = join(repositoryRoot, 'apps', 'web');

/** The program that serves the frontend, or undefined where there is none to serve. */
export const webServer = existsSync(join(WEB, 'index.html')) ? join(WEB, 'server', 'start.mjs') : undefined;

/** Whether there is nothing to build, or it has been built at some time. */
export const isWebBuilt = (): boolean => webServer === undefined || existsSync(join(WEB, 'dist', 'index.html'));

/** Builds the frontend into `apps/web/dist`, for production, whoever asks. Rejects when that fails or `signal` aborts. */
export const buildWeb = async (signal: AbortSignal): Promise<void> => {
  if (webServer === undefined) return;
  const staging = await mkdtemp(join(tmpdir(), 'moonlight-web-'));
  const vite = join(WEB, 'node_modules', 'vite', 'bin', 'vite.js');
  const args = [vite, 'build', WEB, '--outDir', staging, '--emptyOutDir', '--logLevel', 'warn'];
  try {
    // A test run says otherwise, and what it builds is what `npm start` finds.
    const env = { NODE_ENV: 'production' };
    const isBuilt = await runCommand({ file: process.execPath, args, env, signal });
    if (!isBuilt) throw new Error('The frontend cannot be built; the reason is above.');
    await syncFolder(staging, join(WEB, 'dist'));
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
};
