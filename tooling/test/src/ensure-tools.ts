import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runCommand } from '@moonlight/build';

/** A program the tests need that the package registry does not have. */
interface Tool {
  readonly what: string;
  /** Any of these on the PATH will do. */
  readonly programs: readonly string[];
  readonly debianPackage: string;
}

const TOOLS: readonly Tool[] = [
  { what: 'a Redis server', programs: ['redis-server', 'valkey-server'], debianPackage: 'redis-server' },
  { what: 'Python 3', programs: ['python3'], debianPackage: 'python3' },
  { what: 'Chromium', programs: ['chromium', 'chromium-browser', 'google-chrome'], debianPackage: 'chromium' },
];

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

const isThere = ({ programs }: Tool): boolean => {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return programs.some((program) => folders.some((folder) => isExecutable(join(folder, program))));
};

const aptInstall = async (packages: readonly string[], signal: AbortSignal): Promise<boolean> => {
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (...args: string[]): Promise<boolean> =>
    runCommand({ file: 'apt-get', args: ['-y', '-q', ...args], env, signal });
  return (await apt('update')) && (await apt('install', '--no-install-recommends', ...packages));
};

/** Makes sure the tests find what they need; rejects with a sentence that says what to install. */
export const ensureTools = async (signal: AbortSignal): Promise<void> => {
  const missing = TOOLS.filter((tool) => !isThere(tool));
  if (missing.length === 0) return;
  const packages = missing.map(({ debianPackage }) => debianPackage);
  const what = missing.map((tool) => tool.what).join(' and ');
  const canInstall = process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
  if (canInstall) {
    console.log(`The tests need ${what}: installing ${packages.join(' ')}.`);
    await aptInstall(packages, signal);
  }
  if (TOOLS.every(isThere)) return;
  const how = `On Debian or Ubuntu: sudo apt-get install ${packages.join(' ')}`;
  throw new Error(`The tests need ${what} on the PATH${canInstall ? ', and installing did not help' : ''}. ${how}`);
};
