import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { execFile } from 'node:child_process';
import { decodeBase64urlIgnorePadding } from '@oslojs/encoding';
import { afterAll, expect, test } from 'vitest';
import { developmentSecret } from './development-secret.ts';
import { loadConfig } from './load-config.ts';

const folder = mkdtempSync(join(tmpdir(), 'moonlight-secret-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a secret is generated once, readable only by its owner, and its folder is created', () => {
  const dataDir = join(folder, 'not', 'there', 'yet');
  const secret = developmentSecret(dataDir);
  expect(decodeBase64urlIgnorePadding(secret)).toHaveLength(48);
  expect(developmentSecret(dataDir)).toBe(secret);
  expect(statSync(join(dataDir, 'secret-key')).mode & 0o777).toBe(0o600);
  expect(readdirSync(dataDir)).toEqual(['secret-key']);
  expect(loadConfig({ DATA_DIR: dataDir }).secretKey).toBe(secret);
});

const modeOf = (path: string): number => statSync(path).mode & 0o777;

test('DATA_DIR is closed to other accounts, also one that an earlier release left open', () => {
  const dataDir = join(folder, 'private');
  developmentSecret(dataDir);
  expect(modeOf(dataDir)).toBe(0o700);
  mkdirSync(join(dataDir, 'postgres'));
  chmodSync(dataDir, 0o755);
  chmodSync(join(dataDir, 'secret-key'), 0o644);
  developmentSecret(dataDir);
  expect(modeOf(dataDir)).toBe(0o700);
  expect(modeOf(join(dataDir, 'secret-key'))).toBe(0o600);
});

test('a folder with files of other programs keeps its mode', () => {
  const dataDir = join(folder, 'shared-with-others');
  mkdirSync(dataDir);
  chmodSync(dataDir, 0o755);
  writeFileSync(join(dataDir, 'of-another-program'), '');
  developmentSecret(dataDir);
  expect(modeOf(dataDir)).toBe(0o755);
  expect(modeOf(join(dataDir, 'secret-key'))).toBe(0o600);
});

test('processes that start at the same time get the same secret', async () => {
  const dataDir = join(folder, 'shared');
  const script = `import { developmentSecret } from ${JSON.stringify(new URL('./development-secret.ts', import.meta.url).href)};
    process.stdout.write(developmentSecret(${JSON.stringify(dataDir)}));`;
  const run = () => promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
  const answers = await Promise.all(Array.from({ length: 6 }, run));
  expect(new Set(answers.map(({ stdout }) => stdout)).size).toBe(1);
  expect(readdirSync(dataDir)).toEqual(['secret-key']);
});
