import { afterAll, beforeAll, beforeEach, describe } from 'vitest';
import type { Clock } from '../../clock.ts';
import type { LimitsStore } from '../limits-store.ts';
import { peekSuite } from './peek.suite.ts';
import { stormsSuite } from './storms.suite.ts';
import { waitsSuite } from './waits.suite.ts';
import { windowsSuite } from './windows.suite.ts';

export interface OpenStores {
  /** Stores as several processes hold them, on one set of counters. */
  readonly replicas: readonly [LimitsStore, ...LimitsStore[]];
  close(): Promise<void>;
}

/** What the tests work with. Time stands still until `pass` moves it. */
export interface LimitsBench {
  readonly store: () => LimitsStore;
  readonly replica: (number: number) => LimitsStore;
  /** A key nobody used before. */
  readonly key: () => string;
  readonly pass: (milliseconds: number) => void;
}

/** Everything `LimitsStore` promises, tested on the store that `open` hands out. */
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
    windowsSuite(bench);
    waitsSuite(bench);
    peekSuite(bench);
    stormsSuite(bench);
  });
};
