import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runCommand } from '@moonlight/build';
import { installHelm } from './install-helm.ts';

/** A program that the tests need and that is not in the package registry. */
interface Tool {
  readonly name: string;
  /** One of these must be on the PATH. */
  readonly programs: readonly string[];
  readonly debianPackage: string;
}

const TOOLS: readonly Tool[] = [
  { name: 'a Redis server', programs: ['redis-server', 'valkey-server'], debianPackage: 'redis-server' },
  { name: 'Python 3', programs: ['python3'], debianPackage: 'python3' },
  { name: 'Chromium', programs: ['chromium', 'chromium-browser', 'google-chrome'], debianPackage: 'chromium' },
  { name: 'HAProxy', programs: ['haproxy'], debianPackage: 'haproxy' },
  { name: 'PgBouncer', programs: ['pgbouncer'], debianPackage: 'pgbouncer' },
];

// Servers are there on Debian, and ordinary users do not have it on their PATH.
const SERVERS = '/usr/sbin';

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

const isInstalled = ({ programs }: Pick<Tool, 'programs'>): boolean => {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), SERVERS];
  return programs.some((program) => folders.some((folder) => isExecutable(join(folder, program))));
};

const aptInstall = async (packages: readonly string[], signal: AbortSignal): Promise<boolean> => {
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (...args: string[]): Promise<boolean> =>
    runCommand({ file: 'apt-get', args: ['-y', '-q', ...args], env, signal });
  return (await apt('update')) && (await apt('install', '--no-install-recommends', ...packages));
};

/** Installs Helm, which Debian does not have, unless it is there. */
const ensureHelm = async (signal: AbortSignal): Promise<void> => {
  if (isInstalled({ programs: ['helm'] }) || (await installHelm(signal))) return;
  throw new Error('The tests need Helm on the PATH: https://helm.sh/docs/intro/install');
};

const ensureDebianTools = async (signal: AbortSignal): Promise<void> => {
  const missing = TOOLS.filter((tool) => !isInstalled(tool));
  if (missing.length === 0) return;
  const packages = missing.map(({ debianPackage }) => debianPackage);
  const names = missing.map(({ name }) => name).join(' and ');
  const canInstall = process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
  if (canInstall) {
    console.log(`The tests need ${names}: installing ${packages.join(' ')}.`);
    await aptInstall(packages, signal);
  }
  if (TOOLS.every(isInstalled)) return;
  const how = `On Debian or Ubuntu: sudo apt-get install ${packages.join(' ')}`;
  throw new Error(`The tests need ${names} on the PATH${canInstall ? ', but installing them failed' : ''}. ${how}`);
};

/** Installs missing programs, those of Debian as root; rejects with a sentence that says what to install otherwise. */
export const ensureTools = async (signal: AbortSignal): Promise<void> => {
  await ensureDebianTools(signal);
  await ensureHelm(signal);
};
