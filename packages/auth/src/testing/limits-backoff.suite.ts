import { expect, test } from 'vitest';
import type { BackoffRule } from '../rate-limit/limits-store.ts';
import type { LimitsBench } from './limits.suite.ts';
import { inParallel } from './people.ts';

const allowed = (waits: readonly number[]): number => waits.filter((wait) => wait === 0).length;

/** What `LimitsStore` promises about failures and their growing waits. */
export const describeBackoff = ({ store, replica, key, pass }: LimitsBench): void => {
  const rule = (changes: Partial<BackoffRule> = {}): BackoffRule => ({
    key: key(),
    free: 5,
    longestSeconds: 900,
    memorySeconds: 3600,
    ...changes,
  });
  const waitOf = async (backoff: BackoffRule): Promise<number | undefined> => (await store().peek([backoff]))[0];
  const failTimes = async (backoff: BackoffRule, times: number): Promise<void> => {
    for (let failures = 0; failures < times; failures += 1) {
      expect(await store().penalize(backoff)).toBe(0);
      pass(((await waitOf(backoff)) ?? 0) * 1000);
    }
  };

  test('the last free failure starts a wait, which doubles up to the longest', async () => {
    const login = rule();
    const waits = [];
    for (let failures = 0; failures < 17; failures += 1) {
      expect(await store().penalize(login)).toBe(0);
      const wait = (await waitOf(login)) ?? 0;
      waits.push(wait);
      pass(wait * 1000);
    }
    expect(waits).toEqual([0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]);
  });

  test('a failure during a wait returns the rest of the wait and does not count', async () => {
    const login = rule({ free: 1, longestSeconds: 60 });
    await failTimes(login, 3);
    await store().penalize(login);
    pass(1);
    expect(await store().penalize(login)).toBe(8);
    pass(7998);
    expect(await store().penalize(login)).toBe(1);
    pass(1);
    expect(await store().penalize(login)).toBe(0);
    expect(await waitOf(login)).toBe(16);
  });

  test('failures are forgotten exactly `memorySeconds` after the last one', async () => {
    const login = rule({ free: 3, memorySeconds: 100 });
    await store().penalize(login);
    pass(99_999);
    await store().penalize(login);
    pass(100_000);
    for (const wait of [0, 0, 1]) {
      await store().penalize(login);
      expect(await waitOf(login)).toBe(wait);
    }
  });

  test('a wait that is longer than `memorySeconds` lasts until its end', async () => {
    const login = rule({ free: 1, longestSeconds: 8, memorySeconds: 1 });
    for (const wait of [1, 1, 1]) {
      await store().penalize(login);
      expect(await waitOf(login)).toBe(wait);
      pass(wait * 1000);
    }
    const slow = rule({ free: 1, longestSeconds: 8, memorySeconds: 3 });
    await failTimes(slow, 2);
    await store().penalize(slow);
    pass(3999);
    expect(await waitOf(slow)).toBe(1);
    expect(await store().penalize(slow)).toBe(1);
    pass(1);
    await store().penalize(slow);
    expect(await waitOf(slow)).toBe(1);
  });

  test('a reset forgets the failures', async () => {
    const login = rule({ free: 2 });
    await failTimes(login, 4);
    expect(await store().reset(login.key)).toBe(0);
    for (const wait of [0, 1]) {
      await store().penalize(login);
      expect(await waitOf(login)).toBe(wait);
    }
  });

  test('a reset during a wait returns the rest of the wait and forgets nothing', async () => {
    const login = rule({ free: 1 });
    await failTimes(login, 2);
    await store().penalize(login);
    pass(1);
    expect(await store().reset(login.key)).toBe(4);
    expect(await waitOf(login)).toBe(4);
    pass(3999);
    expect(await store().reset(login.key)).toBe(0);
    await store().penalize(login);
    expect(await waitOf(login)).toBe(1);
  });

  test('a reset without failures returns 0', async () => {
    expect(await store().reset(key())).toBe(0);
  });

  test('of 50 parallel failures exactly the free ones count', async () => {
    const login = rule();
    const waits = await inParallel(50, (number) => replica(number).penalize(login));
    expect(allowed(waits)).toBe(5);
    expect(new Set(waits)).toEqual(new Set([0, 1]));
    pass(1000);
    expect(allowed(await inParallel(50, (number) => replica(number).penalize(login)))).toBe(1);
    expect(await store().peek([login])).toEqual([2]);
  });

  test('a reset among parallel failures forgets those before the wait, or is refused by the wait', async () => {
    for (let round = 0; round < 5; round += 1) {
      const login = rule();
      const [failures, resets] = await Promise.all([
        inParallel(20, (number) => replica(number).penalize(login)),
        inParallel(3, (number) => replica(number).reset(login.key)),
      ]);
      // A reset before the wait allows at most four more failures, too few to keep the wait from starting.
      expect(allowed(failures)).toBeGreaterThanOrEqual(5);
      expect(allowed(failures)).toBeLessThanOrEqual(5 + 4 * allowed(resets));
      expect(await store().reset(login.key)).toBe(1);
    }
  });
};
