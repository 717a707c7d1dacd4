import { expect, test } from 'vitest';
import type { LimitsBench } from './limits-store.suite.ts';

export const peekSuite = ({ store, key, pass }: LimitsBench): void => {
  test('looking answers for each rule in its place', async () => {
    const full = { key: key(), limit: 1, windowSeconds: 60 };
    const roomy = { key: key(), limit: 2, windowSeconds: 60 };
    const waiting = { key: key(), free: 1, longestSeconds: 900, memorySeconds: 3600 };
    const untouched = { key: key(), limit: 1, windowSeconds: 60 };
    await store().consume([full, roomy]);
    await store().penalize(waiting);
    pass(500);
    expect(await store().peek([untouched, full, waiting, roomy])).toEqual([0, 60, 1, 0]);
    pass(500);
    expect(await store().peek([untouched, full, waiting, roomy])).toEqual([0, 59, 0, 0]);
    pass(58_999);
    expect(await store().peek([full])).toEqual([1]);
    pass(1);
    expect(await store().peek([full])).toEqual([0]);
  });

  test('looking counts nothing', async () => {
    const one = { key: key(), limit: 1, windowSeconds: 60 };
    for (let looks = 0; looks < 3; looks += 1) expect(await store().peek([one])).toEqual([0]);
    expect(await store().consume([one])).toBe(0);
  });

  test('looking at nothing answers nothing', async () => {
    expect(await store().peek([])).toEqual([]);
  });
};
