import { expect, test } from 'vitest';
import type { LimitRule } from '../limits-store.ts';
import type { LimitsBench } from './limits-store.suite.ts';

export const windowsSuite = ({ store, key, pass }: LimitsBench): void => {
  const rule = (limit: number, windowSeconds: number): LimitRule => ({ key: key(), limit, windowSeconds });

  test('a window lets so many through, then none, and says how long', async () => {
    const three = rule(3, 60);
    for (const wait of [0, 0, 0, 60, 60]) expect(await store().consume([three])).toBe(wait);
  });

  test('a window opens with the first one, and is open again at its very end', async () => {
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

  test('what is refused makes no window longer', async () => {
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

  test('a window of no length never refuses', async () => {
    const none = rule(1, 0);
    for (let tries = 0; tries < 3; tries += 1) expect(await store().consume([none])).toBe(0);
  });

  test('one full rule keeps all of them from being counted, and the longest wait is told', async () => {
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

  test('a rule that was lowered counts what it counted before', async () => {
    const ten = rule(10, 60);
    for (let calls = 0; calls < 4; calls += 1) await store().consume([ten]);
    expect(await store().consume([{ ...ten, limit: 4 }])).toBe(60);
    expect(await store().consume([{ ...ten, limit: 5 }])).toBe(0);
  });

  test('no rules, no refusal', async () => {
    expect(await store().consume([])).toBe(0);
  });
};
