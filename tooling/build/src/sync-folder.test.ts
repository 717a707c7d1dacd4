import { mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { syncFolder } from './sync-folder.ts';

let folder: string;
const at = (...path: string[]): string => join(folder, ...path);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'moonlight-sync-'));
  await mkdir(at('new', 'assets'), { recursive: true });
  await writeFile(at('new', 'index.html'), 'page');
  await writeFile(at('new', 'assets', 'a.js'), 'code');
});

afterEach(() => rm(folder, { recursive: true }));

test('the target holds what the source holds, and nothing else', async () => {
  await mkdir(at('dist', 'assets'), { recursive: true });
  await writeFile(at('dist', 'assets', 'old.js'), 'old');
  await writeFile(at('dist', 'index.html'), 'old page');
  await syncFolder(at('new'), at('dist'));
  expect((await readdir(at('dist'), { recursive: true })).toSorted()).toEqual(['assets', 'assets/a.js', 'index.html']);
  expect(await readFile(at('dist', 'index.html'), 'utf8')).toBe('page');
});

test('what is the same is left alone', async () => {
  await syncFolder(at('new'), at('dist'));
  const { ino, mtimeMs } = await stat(at('dist', 'index.html'));
  await syncFolder(at('new'), at('dist'));
  expect(await stat(at('dist', 'index.html'))).toMatchObject({ ino, mtimeMs });
});

test('many who write the same at once do not disturb each other', async () => {
  for (let index = 0; index < 30; index += 1) await writeFile(at('new', 'assets', `${index}.js`), 'x'.repeat(10_000));
  await Promise.all(Array.from({ length: 8 }, () => syncFolder(at('new'), at('dist'))));
  expect(await readdir(at('dist', 'assets'))).toHaveLength(31);
});
