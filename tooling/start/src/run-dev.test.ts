import { globSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
import { repositoryRoot } from '@moonlight/build';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { familyOf, isAlive, Run, testEnv } from './testing.ts';

// It bundles the apps and starts a whole service, on a machine that may be busy with other tests.
vi.setConfig({ testTimeout: 180_000 });

const PATIENT = { timeout: 60_000, interval: 50 };
const NOT_COPIED = new Set(['.git', '.turbo', '.cache', '.moonlight', '.vite', 'coverage', 'dist']);

let folder: string;
let run: Run;

/** Copies the repository, whose packages link to each other by relative paths; the installed packages are shared. */
const copyRepository = async (): Promise<string> => {
  const copy = join(await mkdtemp(join(tmpdir(), 'moonlight-dev-')), 'repository');
  const installed = join(repositoryRoot, 'node_modules');
  const filter = (path: string): boolean => path !== installed && !NOT_COPIED.has(basename(path));
  await cp(repositoryRoot, copy, { recursive: true, verbatimSymlinks: true, filter });
  await symlink(installed, join(copy, 'node_modules'));
  return copy;
};

/** Replaces a text in those sources of the copy that contain it. */
const change = async (sources: string, [before, after]: readonly [string, string]): Promise<void> => {
  const changed: string[] = [];
  for (const file of globSync(join(folder, sources))) {
    const text = await readFile(file, 'utf8');
    if (!text.includes(before)) continue;
    await writeFile(file, text.replaceAll(before, after));
    changed.push(file);
  }
  expect(changed, `files that contain "${before}"`).not.toEqual([]);
};

const callWithoutToken = async (): Promise<string> =>
  (await fetch(`${await run.address('API')}/api/v1/auth/profile`)).text();

/** Requests a module as a page does, and collects the messages that Vite sends to the page over its websocket. */
const openPage = async (module: string): Promise<{ updates: string[] } & Disposable> => {
  const web = await run.address('Web');
  const client = await (await fetch(`${web}/@vite/client`)).text();
  const token = /wsToken = "([^"]+)"/.exec(client)?.[1] ?? '';
  expect((await fetch(`${web}/${module}`)).status).toBe(200);
  const updates: string[] = [];
  const socket = new WebSocket(`${web.replace('http', 'ws')}/?token=${token}`, 'vite-hmr');
  socket.addEventListener('message', ({ data }) => void updates.push(String(data)));
  await vi.waitFor(() => expect(updates.join()).toContain('connected'), PATIENT);
  return { updates, [Symbol.dispose]: () => socket.close() };
};

beforeAll(async () => {
  folder = await copyRepository();
  const main = join(folder, 'tooling', 'start', 'src', 'main.ts');
  run = new Run(testEnv(join(folder, '.moonlight')), ['node', main, 'dev']);
  await run.says('is running after');
}, 180_000);
afterAll(async () => {
  await run.stop();
  await rm(join(folder, '..'), { recursive: true, force: true, maxRetries: 5 });
});

test('a changed source of a package restarts the API and the worker, which then run the new code', async () => {
  expect(await callWithoutToken()).toContain('Missing token');
  await change('packages/contracts/src/*.ts', ['Missing token', 'No token at all']);
  await vi.waitFor(async () => expect(await callWithoutToken()).toContain('No token at all'), PATIENT);
  await run.says('worker is running again');
});

test('a source that cannot be built is reported, and the API keeps running until it is repaired', async () => {
  const repaired = run.output.split('api is running again').length + 1;
  await change('packages/contracts/src/index.ts', ['export ', 'export export ']);
  await run.says('The sources cannot be built');
  expect(await callWithoutToken()).toContain('No token at all');
  await change('packages/contracts/src/index.ts', ['export export ', 'export ']);
  await vi.waitFor(() => expect(run.output.split('api is running again')).toHaveLength(repaired), PATIENT);
});

test('a changed component is announced to the open pages', async () => {
  const [component = ''] = globSync(join(folder, 'apps/web/src/ui/*.tsx'));
  const module = relative(join(folder, 'apps', 'web'), component);
  using page = await openPage(module);
  await writeFile(component, `${await readFile(component, 'utf8')}\n// changed\n`);
  await vi.waitFor(() => expect(page.updates.join()).toMatch(/"type":"(?:update|full-reload)"/), PATIENT);
});

test('Ctrl-C stops everything', async () => {
  const family = familyOf(run.pid);
  expect(family.length).toBeGreaterThan(5);
  expect(await run.stop('SIGINT')).toBe(0);
  expect(family.filter(isAlive)).toEqual([]);
});
