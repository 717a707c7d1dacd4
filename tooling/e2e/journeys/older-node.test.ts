import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { bundleOf, webServer } from '@moonlight/build';
import { beforeAll, expect, test } from 'vitest';
import { buildAppsOnce } from '../src/run-app.ts';

interface Runner {
  readonly command: string;
  readonly args: readonly string[];
  readonly version: string;
}

const PRETENDED = '22.21.1';
const PRETEND = `Object.defineProperty(process.versions, 'node', { value: '${PRETENDED}' });`;

/** This Node with a changed version, and every older Node on the PATH, which may fail to parse what this one parses. */
const olderNodes = (): readonly Runner[] => {
  const found = (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'node'))
    .filter((command) => existsSync(command))
    .map((command) => ({
      command,
      args: [],
      version: spawnSync(command, ['--version'], { encoding: 'utf8' }).stdout.trim().slice(1),
    }));
  return [
    { command: process.execPath, args: ['--import', `data:text/javascript,${PRETEND}`], version: PRETENDED },
    ...found.filter(({ version }) => Number(version.split('.')[0]) < 24),
  ];
};

beforeAll(buildAppsOnce);

test.each([
  ['API', bundleOf('api')],
  ['worker', bundleOf('worker')],
  ['command line', bundleOf('cli')],
  ['web server', webServer],
])('the %s says in one sentence that it needs a newer Node, and exits with 1', (_name, script) => {
  for (const { command, args, version } of olderNodes()) {
    const { status, stdout, stderr } = spawnSync(command, [...args, script], { encoding: 'utf8', env: {} });
    expect([status, stdout, stderr]).toEqual([
      1,
      '',
      `Moonlight needs Node 24 or newer, but this is Node ${version}.\n`,
    ]);
  }
});
