import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { repositoryRoot } from '../repository-root.ts';
import { syncFolder } from './sync-folder.ts';

const WEB = join(repositoryRoot, 'apps', 'web');

/** The program that serves the frontend, or undefined where there is none to serve. */
export const webServer = existsSync(join(WEB, 'index.html')) ? join(WEB, 'server', 'main.ts') : undefined;

/** Builds the frontend into `apps/web/dist`, for production, whoever asks. Rejects with what the builder complains about. */
export const buildWeb = async (): Promise<void> => {
  if (webServer === undefined) return;
  const staging = await mkdtemp(join(tmpdir(), 'moonlight-web-'));
  const vite = join(WEB, 'node_modules', 'vite', 'bin', 'vite.js');
  const args = [vite, 'build', '--outDir', staging, '--emptyOutDir', '--logLevel', 'warn'];
  try {
    await promisify(execFile)(process.execPath, args, { cwd: WEB });
    await syncFolder(staging, join(WEB, 'dist'));
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
};
