import { expect, test } from 'vitest';
import type { LimitRule } from '../limits-store.ts';
import type { LimitsBench } from './limits-store.suite.ts';

const parallel = <T>(times: number, call: (number: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: times }, (_, number) => call(number)));

const passed = (waits: readonly number[]): number => waits.filter((wait) => wait === 0).length;

export const stormsSuite = ({ store, replica, key, pass }: LimitsBench): void => {
  const rule = (limit: number, windowSeconds = 60): LimitRule => ({ key: key(), limit, windowSeconds });

  test('200 calls at once are let through to the exact number, in a first window and a later one', async () => {
    const fifty = rule(50);
    for (const _window of [1, 2]) {
      const waits = await parallel(200, (number) => replica(number).consume([fifty]));
      expect(passed(waits)).toBe(50);
      expect(new Set(waits)).toEqual(new Set([0, 60]));
      pass(60_000);
    }
  });

  test('of 200 calls with three rules exactly those count that all three let through', async () => {
    const [wide, narrow, middle] = [rule(100), rule(7), rule(30)];
    const waits = await parallel(200, (number) => replica(number).consume([wide, narrow, middle]));
    expect(passed(waits)).toBe(7);
    expect(passed(await parallel(100, (number) => replica(number).consume([middle])))).toBe(23);
    expect(passed(await parallel(100, (number) => replica(number).consume([wide])))).toBe(93);
  });

  test('a call that is refused never takes the place of another, not for a moment', async () => {
    for (let round = 0; round < 5; round += 1) {
      const [shared, single] = [rule(10), rule(1)];
      const waits = await parallel(100, (number) =>
        replica(number).consume(number % 10 === 9 ? [shared] : [shared, single]),
      );
      // Ten ask for the shared rule alone: with one of the others that is one too many.
      const alone = waits.filter((_, number) => number % 10 === 9);
      expect(passed(waits)).toBe(10);
      expect(passed(alone)).toBeGreaterThanOrEqual(9);
    }
  });

  test('calls that name the same rules in another order do not block each other', async () => {
    const rules = [rule(1000), rule(1000), rule(1000)];
    const waits = await parallel(200, (number) =>
      replica(number).consume(number % 2 === 0 ? rules : rules.toReversed()),
    );
    expect(passed(waits)).toBe(200);
  });

  test('of 50 failures at once exactly the free ones count', async () => {
    const login = { key: key(), free: 5, longestSeconds: 900, memorySeconds: 3600 };
    const waits = await parallel(50, (number) => replica(number).penalize(login));
    expect(passed(waits)).toBe(5);
    expect(new Set(waits)).toEqual(new Set([0, 1]));
    pass(1000);
    expect(passed(await parallel(50, (number) => replica(number).penalize(login)))).toBe(1);
    expect(await store().peek([login])).toEqual([2]);
  });

  test('a success among failures at once comes before the wait and forgets, or is refused by it', async () => {
    for (let round = 0; round < 5; round += 1) {
      const login = { key: key(), free: 5, longestSeconds: 900, memorySeconds: 3600 };
      const [failures, successes] = await Promise.all([
        parallel(20, (number) => replica(number).penalize(login)),
        parallel(3, (number) => replica(number).reset(login.key)),
      ]);
      // A success in time makes room for four more failures at most: too few to keep the wait from starting.
      expect(passed(failures)).toBeGreaterThanOrEqual(5);
      expect(passed(failures)).toBeLessThanOrEqual(5 + 4 * passed(successes));
      expect(await store().reset(login.key)).toBe(1);
    }
  });
};
