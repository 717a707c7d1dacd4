import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { claimFolder } from './claim-folder.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'moonlight-claim-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

test('exactly one of eight concurrent claims takes over a dead lock, in each of 20 rounds', async () => {
  for (let round = 0; round < 20; round += 1) {
    await writeFile(join(folder, 'lock-3'), '999999999\nlong ago\n');
    const claims = await Promise.allSettled(Array.from({ length: 8 }, () => claimFolder(folder)));
    const won = claims.filter((claim) => claim.status === 'fulfilled');
    expect(won).toHaveLength(1);
    won[0]?.value();
    expect(await readdir(folder)).toEqual([]);
  }
});

test('files that a killed process left incomplete count as dead', async () => {
  await writeFile(join(folder, 'lock-1'), '');
  await writeFile(join(folder, 'claim-999999999-00'), '999999999\nlong ago\n');
  const release = await claimFolder(folder);
  expect(await readdir(folder)).toEqual(['lock-2']);
  release();
});
