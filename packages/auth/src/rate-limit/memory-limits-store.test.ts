import { expect, test } from 'vitest';
import { systemClock } from '../system.ts';
import { describeLimitsStore } from '../testing/limits.suite.ts';
import { memoryLimitsStore } from './memory-limits-store.ts';

describeLimitsStore('memory', async (clock) => ({
  replicas: [memoryLimitsStore(clock)],
  close: async () => undefined,
}));

test('when there are too many keys, the counter that was written least recently is dropped', async () => {
  const store = memoryLimitsStore(systemClock, 3);
  const rule = (key: string) => ({ key, limit: 2, windowSeconds: 60 });
  for (const key of ['a', 'b', 'c', 'a', 'b', 'd']) await store.consume([rule(key)]);
  expect((await store.peek(['a', 'b'].map(rule))).every((wait) => wait > 0)).toBe(true);
  await store.consume([rule('c')]);
  expect(await store.peek([rule('c')])).toEqual([0]);
  expect(await store.peek([rule('a')])).toEqual([0]);
});
