import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '@moonlight/config';
import { afterAll, expect, test, vi } from 'vitest';
import { createLogger } from './create-logger.ts';

const folder = mkdtempSync(join(tmpdir(), 'moonlight-log-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const modeOf = (path: string): number => statSync(path).mode & 0o777;

const logTo = async (LOG_FILE: string): Promise<void> => {
  const silent = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const config = loadConfig({ SECRET_KEY: 'thirty-two bytes of a secret, or more', APP_ENV: 'test', LOG_FILE });
  createLogger(config, 'api').info('a line');
  await expect.poll(() => readFileSync(LOG_FILE, 'utf8')).toContain('a line');
  silent.mockRestore();
};

test('a new LOG_FILE and its folder are closed to other accounts', async () => {
  const file = join(folder, 'new', 'logs', 'moonlight.log');
  await logTo(file);
  expect(modeOf(file)).toBe(0o600);
  expect(modeOf(join(folder, 'new', 'logs'))).toBe(0o700);
});

test('an existing LOG_FILE is closed to other accounts; its folder keeps its mode', async () => {
  const file = join(folder, 'moonlight.log');
  writeFileSync(file, 'an older line\n');
  chmodSync(file, 0o644);
  chmodSync(folder, 0o755);
  await logTo(file);
  expect(modeOf(file)).toBe(0o600);
  expect(modeOf(folder)).toBe(0o755);
  expect(readFileSync(file, 'utf8')).toContain('an older line');
});
