import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { PAGES } from '../src/run-app.ts';

const SCRIPT_BUDGET_BYTES = 150_000;

const filesEnding = async (ending: string): Promise<string[]> => {
  const files = await readdir(PAGES, { recursive: true });
  return files.filter((file) => file.endsWith(ending)).map((file) => join(PAGES, file));
};

test('all scripts together, the captcha’s worker included, are at most 150 kB compressed', async () => {
  const scripts = await Promise.all((await filesEnding('.js')).map((file) => readFile(file)));
  const bytes = scripts.reduce((sum, script) => sum + gzipSync(script, { level: 9 }).length, 0);
  expect(scripts.length).toBeGreaterThanOrEqual(3);
  expect(bytes).toBeLessThanOrEqual(SCRIPT_BUDGET_BYTES);
});

test('the page holds no inline script, no inline style and no external URL', async () => {
  const html = await readFile(join(PAGES, 'index.html'), 'utf8');
  expect(html).not.toMatch(/<script(?![^>]*\bsrc="\/)/);
  expect(html).not.toMatch(/<style|\sstyle=|\son\w+=/);
  expect(html).not.toMatch(/https?:\/\//);
  expect(html).toContain('blocking="render"');
});
