import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fingerprint } from './fingerprint.ts';

let folder: string;
const write = (name: string, content: string): Promise<void> => writeFile(join(folder, name), content);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'moonlight-print-'));
  await mkdir(join(folder, 'src'));
  await mkdir(join(folder, 'dist'));
  await write('src/a.ts', 'one');
});

afterEach(() => rm(folder, { recursive: true }));

test('changes with what a source says, what it is called, and whether it is there', async () => {
  const prints = [await fingerprint([folder])];
  await write('src/a.ts', 'two');
  prints.push(await fingerprint([folder]));
  await write('src/b.ts', 'two');
  prints.push(await fingerprint([folder]));
  await rm(join(folder, 'src/a.ts'));
  prints.push(await fingerprint([folder]));
  expect(new Set(prints).size).toBe(4);
});

test('does not change with tests, nor with what was built', async () => {
  const before = await fingerprint([folder]);
  await write('src/a.test.ts', 'test');
  await write('dist/main.js', 'built');
  expect(await fingerprint([folder])).toBe(before);
});
