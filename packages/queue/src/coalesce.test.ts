import { expect, test } from 'vitest';
import { coalesce } from './coalesce.ts';

const PAUSE_MS = 50;

test('calls during a run share the next one, which starts after the pause', async () => {
  const starts: number[] = [];
  const release = Promise.withResolvers<void>();
  const notify = coalesce(async () => {
    starts.push(performance.now());
    await release.promise;
  }, PAUSE_MS);
  const first = notify();
  await expect.poll(() => starts).toHaveLength(1);
  const others = Array.from({ length: 100 }, () => notify());
  release.resolve();
  await Promise.all([first, ...others]);
  expect(starts).toHaveLength(2);
  // Timers may fire a millisecond early.
  expect((starts[1] ?? 0) - (starts[0] ?? 0)).toBeGreaterThanOrEqual(PAUSE_MS - 1);
  await notify();
  expect(starts).toHaveLength(3);
});

test('a failed run rejects its calls, and the next call runs again', async () => {
  let runs = 0;
  const notify = coalesce(async () => {
    runs += 1;
    if (runs === 1) throw new Error('the queue failed');
  }, 1);
  const [one, two] = [notify(), notify()];
  await expect(one).rejects.toThrow('the queue failed');
  await expect(two).rejects.toThrow('the queue failed');
  await notify();
  expect(runs).toBe(2);
});
