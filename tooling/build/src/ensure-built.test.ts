import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fingerprint } from './ensure-built.ts';

let folder: string;
const write = (name: string, content: string): Promise<void> => writeFile(join(folder, name), content);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'moonlight-print-'));
  await mkdir(join(folder, 'src'));
  await mkdir(join(folder, 'dist'));
  await write('src/a.ts', 'one');
});

afterEach(() => rm(folder, { recursive: true }));

test('the fingerprint changes with the content, the name and the existence of a source file', async () => {
  const prints = [await fingerprint([folder])];
  await write('src/a.ts', 'two');
  prints.push(await fingerprint([folder]));
  await write('src/b.ts', 'two');
  prints.push(await fingerprint([folder]));
  await rm(join(folder, 'src/a.ts'));
  prints.push(await fingerprint([folder]));
  expect(new Set(prints).size).toBe(4);
});

test('the fingerprint ignores tests and build output', async () => {
  const before = await fingerprint([folder]);
  await write('src/a.test.ts', 'test');
  await write('dist/main.js', 'built');
  expect(await fingerprint([folder])).toBe(before);
});
