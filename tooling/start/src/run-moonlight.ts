import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { bundleOf, ensureBuilt, listenForStop } from '@moonlight/build';

/** Runs the command line with `args`, built from today's sources; resolves with its exit code. */
export const runMoonlight = async (args: readonly string[]): Promise<number> => {
  const { asked } = listenForStop();
  await ensureBuilt(asked);
  const child = spawn(process.execPath, [bundleOf('cli'), ...args], { stdio: 'inherit' });
  asked.addEventListener('abort', () => child.kill('SIGTERM'), { once: true });
  await once(child, 'exit');
  return child.exitCode ?? 1;
};
