import { afterEach, expect, test } from 'vitest';
import { AuthError } from '../auth-error.ts';
import { inParallel, refusalOf, tally } from '../testing/people.ts';
import { fairQueue } from './fair-queue.ts';

const LIMITS = { concurrency: 2, places: 40, retryAfterSeconds: 3 };

let started: string[] = [];
let running = 0;
let most = 0;
let gates: PromiseWithResolvers<void>[] = [];
let queue = fairQueue(LIMITS);
afterEach(() => {
  queue = fairQueue(LIMITS);
  [started, running, most, gates] = [[], 0, 0, []];
});

/** One call with one job, which runs until a test ends it. Resolves to the refusal, or `none`. */
const call = (subject: string): Promise<string> => {
  const work = async () => {
    using place = queue.enter(subject);
    await place.run(async () => {
      started.push(subject);
      running += 1;
      most = Math.max(most, running);
      const gate = Promise.withResolvers<void>();
      gates.push(gate);
      await gate.promise;
      running -= 1;
    });
  };
  return refusalOf(work());
};

const calls = (count: number, subject: string) => Array.from({ length: count }, () => call(subject));
const turns = async (): Promise<void> => {
  for (let ticks = 0; ticks < 10; ticks += 1) await Promise.resolve();
};
/** Ends the jobs one after another until none is left. */
const endAll = async (): Promise<void> => {
  for (let gate = gates.shift(); gate !== undefined; gate = gates.shift()) {
    gate.resolve();
    await turns();
  }
};

test('the load is the number of running and of waiting jobs', async () => {
  const outcomes = calls(5, 'a');
  await turns();
  expect(queue.load()).toEqual({ running: 2, waiting: 3 });
  await endAll();
  await Promise.all(outcomes);
  expect(queue.load()).toEqual({ running: 0, waiting: 0 });
});

test('one subject alone uses every place, in the order of its calls, and what is beyond is OVERLOADED', async () => {
  const outcomes = calls(45, 'a');
  await endAll();
  expect(tally(await Promise.all(outcomes))).toEqual({ none: 40, OVERLOADED: 5 });
  expect(most).toBe(2);
});

test('a call beside two hundred of another subject is served and waits one round', async () => {
  const storm = calls(200, 'a');
  const honest = call('b');
  await endAll();
  expect(await honest).toBe('none');
  // The two that ran when it came, and at most one turn of the other subject.
  expect(started.indexOf('b')).toBeLessThanOrEqual(3);
  expect(tally(await Promise.all(storm))).toMatchObject({ none: expect.any(Number) });
});

test('while others hold places, a subject holds a quarter of them at most, and its newest calls give way', async () => {
  const storm = calls(40, 'a');
  const honest = call('b');
  const later = calls(3, 'a');
  expect(tally(await Promise.all(later))).toEqual({ OVERLOADED: 3 });
  await endAll();
  expect(await honest).toBe('none');
  const outcomes = await Promise.all(storm);
  expect(outcomes).toEqual([...Array<string>(10).fill('none'), ...Array<string>(30).fill('OVERLOADED')]);
});

test('waiting jobs run in turn, one of each subject', async () => {
  const all = [...calls(5, 'a'), ...calls(3, 'b'), ...calls(1, 'c')];
  await endAll();
  expect(tally(await Promise.all(all))).toEqual({ none: 9 });
  expect(started.join('')).toBe('aaabcabab');
});

test('when many subjects fill the queue, one that holds fewer places still gets one', async () => {
  const many = [...calls(2, 'running'), ...['a', 'b', 'c', 'd'].flatMap((subject) => calls(10, subject))];
  const honest = call('e');
  await endAll();
  expect(await honest).toBe('none');
  expect(tally(await Promise.all(many))).toEqual({ none: 41, OVERLOADED: 1 });
});

test('when every place belongs to another subject, a further one is OVERLOADED', async () => {
  // Two jobs run at once and 40 wait.
  const all = Array.from({ length: 43 }, (_, index) => call(`subject ${index}`));
  await endAll();
  expect(await all.at(-1)).toBe('OVERLOADED');
  expect(tally(await Promise.all(all))).toEqual({ none: 42, OVERLOADED: 1 });
});

test('a place that was taken back before its first job refuses the job, and a later call gets a place', async () => {
  const places = Array.from({ length: 40 }, () => queue.enter('a'));
  using _other = queue.enter('b');
  await expect(places.at(-1)?.run(async () => 'done')).rejects.toEqual(new AuthError('OVERLOADED', { retryAfter: 3 }));
  expect(await places[0]?.run(async () => 'done')).toBe('done');
  for (const place of places) place[Symbol.dispose]();
  expect(await queue.enter('a').run(async () => 'done')).toBe('done');
});

test('a place that got work is never taken back, also for its second job', async () => {
  const storm = Array.from({ length: 39 }, () => queue.enter('a'));
  using newest = queue.enter('a');
  await newest.run(async () => undefined);
  using _other = queue.enter('b');
  expect(await newest.run(async () => 'second')).toBe('second');
  for (const place of storm) place[Symbol.dispose]();
});

test('calls whose job has ended, but which go on, keep no other subject out, and count for their own', async () => {
  const slow = Array.from({ length: 40 }, () => queue.enter('a'));
  for (const place of slow) await place.run(async () => undefined);
  expect(() => queue.enter('a')).toThrow(new AuthError('OVERLOADED', { retryAfter: 3 }));
  using other = queue.enter('b');
  expect(await other.run(async () => 'done')).toBe('done');
  for (const place of slow) place[Symbol.dispose]();
  expect(await queue.enter('a').run(async () => 'done')).toBe('done');
});

test('jobs are never more than allowed, also when new ones come as others finish; failing jobs free their turn', async () => {
  const job = async (ticks: number) => {
    running += 1;
    most = Math.max(most, running);
    for (let tick = 0; tick < ticks; tick += 1) await Promise.resolve();
    running -= 1;
    if (ticks === 3) throw new AuthError('OVERLOADED');
  };
  const worker = async (subject: number) => {
    for (let index = 0; index < 20; index += 1) {
      using place = queue.enter(`subject ${subject % 3}`);
      await refusalOf(place.run(() => job((index * 7 + subject) % 5)));
    }
  };
  await inParallel(7, worker);
  expect(most).toBe(2);
  expect(running).toBe(0);
  expect(await queue.enter('last').run(async () => 'done')).toBe('done');
});
