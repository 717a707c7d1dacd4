import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { buildAppsOnce, PAGES } from '../src/run-app.ts';

/** How many bytes a script may have with gzip. Only the first one is loaded with every page. */
const BUDGETS: Readonly<Record<string, number>> = {
  index: 105_000,
  'sessions-page': 10_000,
  'verify-email-page': 2_000,
  'reset-password-page': 2_000,
  'change-password-page': 2_000,
  'load-altcha': 30_000,
  pbkdf2: 2_000,
  'estimate-strength': 12_000,
  '_virtual_password-data': 20_000,
};

beforeAll(buildAppsOnce);

describe('the scripts', () => {
  let scripts: string[];
  beforeAll(async () => {
    scripts = (await readdir(join(PAGES, 'assets'))).filter((file) => file.endsWith('.js'));
  });

  test('all have a budget, and keep it', async () => {
    const sizes = await Promise.all(
      scripts.map(async (file) => {
        const script = await readFile(join(PAGES, 'assets', file));
        return [file.replace(/-[\w-]{8}\.js$/, ''), gzipSync(script, { level: 9 }).length] as const;
      }),
    );
    expect(sizes.map(([name]) => name).toSorted()).toEqual(Object.keys(BUDGETS).toSorted());
    expect(sizes.filter(([name, bytes]) => bytes > (BUDGETS[name] ?? 0))).toEqual([]);
  });

  test('are loaded on demand, except one', async () => {
    const html = await readFile(join(PAGES, 'index.html'), 'utf8');
    expect(scripts.filter((file) => html.includes(file))).toEqual([expect.stringMatching(/^index-/)]);
  });

  test('are there compressed, too', async () => {
    const files = await readdir(join(PAGES, 'assets'));
    expect(files).toEqual(expect.arrayContaining(scripts.flatMap((file) => [`${file}.br`, `${file}.gz`])));
  });
});

test('the page holds no inline script, no inline style and no external URL', async () => {
  const html = await readFile(join(PAGES, 'index.html'), 'utf8');
  expect(html).not.toMatch(/<script(?![^>]*\bsrc="\/)/);
  expect(html).not.toMatch(/<style|\sstyle=|\son\w+=/);
  expect(html).not.toMatch(/https?:\/\//);
  expect(html).toContain('blocking="render"');
});
