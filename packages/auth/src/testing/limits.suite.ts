import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { LimitRule, LimitsStore } from '../rate-limit/limits-store.ts';
import type { Clock } from '../system.ts';
import { describeBackoff } from './limits-backoff.suite.ts';
import { inParallel } from './people.ts';

export interface OpenStores {
  /** Stores as several processes use them, with the same counters. */
  readonly replicas: readonly [LimitsStore, ...LimitsStore[]];
  close(): Promise<void>;
}

/** What the tests work with. Time stands still until `pass` advances it. */
export interface LimitsBench {
  readonly store: () => LimitsStore;
  readonly replica: (number: number) => LimitsStore;
  /** A key that no test used before. */
  readonly key: () => string;
  readonly pass: (milliseconds: number) => void;
}

const allowed = (waits: readonly number[]): number => waits.filter((wait) => wait === 0).length;

/** Everything that `LimitsStore` promises, tested on the store that `open` returns. */
export const describeLimitsStore = (name: string, open: (clock: Clock) => Promise<OpenStores>): void => {
  describe(`limits in ${name}`, () => {
    let now = 0;
    let keys = 0;
    let opened: OpenStores;
    beforeAll(async () => {
      opened = await open({ now: () => new Date(now) });
    });
    beforeEach(() => {
      now = Date.UTC(2031, 1, 28, 23, 59, 59, 999);
    });
    afterAll(() => opened.close());
    const bench: LimitsBench = {
      store: () => opened.replicas[0],
      replica: (number) => opened.replicas[number % opened.replicas.length] ?? opened.replicas[0],
      key: () => `rule:${(keys += 1)}`,
      pass: (milliseconds) => {
        now += milliseconds;
      },
    };
    describeWindows(bench);
    describePeek(bench);
    describeParallelCalls(bench);
    describeBackoff(bench);
  });
};

const describeWindows = ({ store, key, pass }: LimitsBench): void => {
  const rule = (limit: number, windowSeconds: number): LimitRule => ({ key: key(), limit, windowSeconds });

  test('a window allows its limit of calls, then returns the wait', async () => {
    const three = rule(3, 60);
    for (const wait of [0, 0, 0, 60, 60]) expect(await store().consume([three])).toBe(wait);
  });

  test('a window begins with the first call and ends exactly on time', async () => {
    const two = rule(2, 60);
    await store().consume([two]);
    pass(59_000);
    await store().consume([two]);
    expect(await store().consume([two])).toBe(1);
    pass(999);
    expect(await store().consume([two])).toBe(1);
    pass(1);
    for (const wait of [0, 0, 60]) expect(await store().consume([two])).toBe(wait);
  });

  test('a refused call does not extend the window', async () => {
    const one = rule(1, 10);
    await store().consume([one]);
    for (let second = 10; second > 0; second -= 1) {
      expect(await store().consume([one])).toBe(second);
      pass(1000);
    }
    expect(await store().consume([one])).toBe(0);
  });

  test('a wait is rounded up to whole seconds', async () => {
    const one = rule(1, 86_400);
    await store().consume([one]);
    pass(1);
    expect(await store().consume([one])).toBe(86_400);
    pass(999);
    expect(await store().consume([one])).toBe(86_399);
  });

  test('a window of 0 seconds never refuses', async () => {
    const none = rule(1, 0);
    for (let tries = 0; tries < 3; tries += 1) expect(await store().consume([none])).toBe(0);
  });

  test('if one rule is full, none is counted, and the longest wait is returned', async () => {
    const [ample, short, long] = [rule(5, 900), rule(1, 10), rule(2, 100)];
    await store().consume([ample, short, long]);
    pass(5000);
    await store().consume([long]);
    expect(await store().consume([ample, short, long])).toBe(95);
    pass(5000);
    expect(await store().consume([short, long, ample])).toBe(90);
    for (const wait of [0, 0, 0, 0, 890]) expect(await store().consume([ample])).toBe(wait);
    expect(await store().consume([short])).toBe(0);
  });

  test('a rule with a lowered limit keeps its count', async () => {
    const ten = rule(10, 60);
    for (let calls = 0; calls < 4; calls += 1) await store().consume([ten]);
    expect(await store().consume([{ ...ten, limit: 4 }])).toBe(60);
    expect(await store().consume([{ ...ten, limit: 5 }])).toBe(0);
  });

  test('consuming no rule is allowed', async () => {
    expect(await store().consume([])).toBe(0);
  });
};

const describePeek = ({ store, key, pass }: LimitsBench): void => {
  test('peeking returns a wait for each rule, in order', async () => {
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

  test('peeking counts nothing', async () => {
    const one = { key: key(), limit: 1, windowSeconds: 60 };
    for (let looks = 0; looks < 3; looks += 1) expect(await store().peek([one])).toEqual([0]);
    expect(await store().consume([one])).toBe(0);
  });

  test('peeking at no rule returns nothing', async () => {
    expect(await store().peek([])).toEqual([]);
  });
};

const describeParallelCalls = ({ replica, key, pass }: LimitsBench): void => {
  const rule = (limit: number): LimitRule => ({ key: key(), limit, windowSeconds: 60 });

  test('of 200 parallel calls exactly the limit is allowed, in the first window and in a later one', async () => {
    const fifty = rule(50);
    for (const _window of [1, 2]) {
      const waits = await inParallel(200, (number) => replica(number).consume([fifty]));
      expect(allowed(waits)).toBe(50);
      expect(new Set(waits)).toEqual(new Set([0, 60]));
      pass(60_000);
    }
  });

  test('of 200 parallel calls with three rules exactly those are counted that all three allow', async () => {
    const [wide, narrow, middle] = [rule(100), rule(7), rule(30)];
    const waits = await inParallel(200, (number) => replica(number).consume([wide, narrow, middle]));
    expect(allowed(waits)).toBe(7);
    expect(allowed(await inParallel(100, (number) => replica(number).consume([middle])))).toBe(23);
    expect(allowed(await inParallel(100, (number) => replica(number).consume([wide])))).toBe(93);
  });

  test('a refused call never takes the place of another call, not even for a moment', async () => {
    for (let round = 0; round < 5; round += 1) {
      const [shared, single] = [rule(10), rule(1)];
      const waits = await inParallel(100, (number) =>
        replica(number).consume(number % 10 === 9 ? [shared] : [shared, single]),
      );
      // Ten calls consume the shared rule alone; together with one of the others that is one too many.
      const alone = waits.filter((_, number) => number % 10 === 9);
      expect(allowed(waits)).toBe(10);
      expect(allowed(alone)).toBeGreaterThanOrEqual(9);
    }
  });

  test('calls with the same rules in another order do not deadlock', async () => {
    const rules = [rule(1000), rule(1000), rule(1000)];
    const waits = await inParallel(200, (number) =>
      replica(number).consume(number % 2 === 0 ? rules : rules.toReversed()),
    );
    expect(allowed(waits)).toBe(200);
  });
};
