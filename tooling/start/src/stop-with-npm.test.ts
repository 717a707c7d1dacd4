import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repositoryRoot } from '@moonlight/build';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { familyOf, isAlive, Run, testEnv } from './testing.ts';

// Each test starts a whole service once or twice, on a machine that may be busy with other tests.
vi.setConfig({ testTimeout: 180_000 });

const PATIENT = { timeout: 60_000, interval: 50 };

let folder: string;
let dataDir: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'moonlight-npm-'));
  dataDir = join(folder, 'data');
  // The bootstrap without its installation.
  const handOver = join(repositoryRoot, 'tooling', 'bootstrap', 'src', 'hand-over.mjs');
  const script = `const { handOver } = await import('${handOver}'); process.exitCode = await handOver(process.execPath, ['start']);`;
  const start = `exec node --input-type=module --eval "${script}"`;
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'a-start', scripts: { start } }));
});

afterEach(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

const npmStart = async (): Promise<Run> => {
  const run = new Run(testEnv(dataDir), ['npm', '--prefix', folder, 'start']);
  await run.says('is running after');
  return run;
};

describe('when only npm', () => {
  test('is asked to end, it waits until everything has ended in order', async () => {
    const npm = await npmStart();
    const family = familyOf(npm.pid);
    expect(await npm.stop('SIGTERM')).toBe(0);
    expect(family.filter(isAlive)).toEqual([]);
    expect(await readdir(join(dataDir, 'postgres'))).toEqual(['cluster']);
    expect(npm.output.trim()).toMatch(/Stopped\.$/);
  });

  test('is killed, everything else ends too', async () => {
    const npm = await npmStart();
    const family = familyOf(npm.pid);
    expect(await npm.stop('SIGKILL')).toBe('SIGKILL');
    await vi.waitFor(() => expect(family.filter(isAlive)).toEqual([]), PATIENT);
    expect(await readdir(join(dataDir, 'postgres'))).toEqual(['cluster']);
  });

  test('and the bootstrap are killed, everything else ends too', async () => {
    const npm = await npmStart();
    const family = familyOf(npm.pid);
    const [, bootstrap = 0] = family;
    npm.child.kill('SIGKILL');
    process.kill(bootstrap, 'SIGKILL');
    await vi.waitFor(() => expect(family.filter(isAlive)).toEqual([]), PATIENT);
    expect(await readdir(join(dataDir, 'postgres'))).toEqual(['cluster']);
  });
});
