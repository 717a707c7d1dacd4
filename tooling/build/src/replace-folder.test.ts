import { mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readFolder, replaceFolder } from './replace-folder.ts';

let folder: string;
const at = (...path: string[]): string => join(folder, ...path);
const copy = async () => replaceFolder(at('dist'), await readFolder(at('new')));

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'moonlight-replace-'));
  await mkdir(at('new', 'assets'), { recursive: true });
  await writeFile(at('new', 'index.html'), 'page');
  await writeFile(at('new', 'assets', 'a.js'), 'code');
});

afterEach(() => rm(folder, { recursive: true }));

test('the target holds exactly the files of the source', async () => {
  await mkdir(at('dist', 'assets'), { recursive: true });
  await writeFile(at('dist', 'assets', 'old.js'), 'old');
  await writeFile(at('dist', 'index.html'), 'old page');
  await copy();
  expect((await readdir(at('dist'), { recursive: true })).toSorted()).toEqual(['assets', 'assets/a.js', 'index.html']);
  expect(await readFile(at('dist', 'index.html'), 'utf8')).toBe('page');
});

test('a file with the same content is not written again', async () => {
  await copy();
  const { ino, mtimeMs } = await stat(at('dist', 'index.html'));
  await copy();
  expect(await stat(at('dist', 'index.html'))).toMatchObject({ ino, mtimeMs });
});

test('eight calls that write the same files at the same time all succeed', async () => {
  for (let index = 0; index < 30; index += 1) await writeFile(at('new', 'assets', `${index}.js`), 'x'.repeat(10_000));
  await Promise.all(Array.from({ length: 8 }, () => copy()));
  expect(await readdir(at('dist', 'assets'))).toHaveLength(31);
});
