import { availableParallelism } from 'node:os';
import { expect, test } from 'vitest';
import { AuthError } from '../auth-error.ts';
import { testHashCost } from '../testing/create-test-auth.ts';
import { refusalOf, sideBySide, tally } from '../testing/people.ts';
import { boundedQueue } from './bounded-queue.ts';
import { passwordHasher } from './password-hasher.ts';

test('a hash is argon2id of the configured cost with a salt of its own, and fits its password alone', async () => {
  const hasher = await passwordHasher(testHashCost);
  const [one, two] = [await hasher.hash('月光 and a quiet night'), await hasher.hash('月光 and a quiet night')];
  expect(one).toMatch(/^\$argon2id\$v=19\$m=8,t=1,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
  expect(one).not.toBe(two);
  expect(await hasher.verify('月光 and a quiet night', one)).toBe(true);
  for (const wrong of ['', '月光 and a quiet night ', '月光 AND A QUIET NIGHT', 'x'.repeat(128)])
    expect(await hasher.verify(wrong, one)).toBe(false);
});

test('without an account, and with a malformed hash, no password fits', async () => {
  const hasher = await passwordHasher(testHashCost);
  expect(await hasher.verify('nobody has this password', undefined)).toBe(false);
  for (const malformed of ['', 'x', '$argon2id$v=19$m=8,t=1,p=1$', '$2b$12$abcdefghijklmnopqrstuv'])
    expect(await hasher.verify('whatever', malformed)).toBe(false);
});

test('a hash is outdated when it took less than one of today, or is of another kind', async () => {
  const hasher = await passwordHasher({ memoryCost: 16, timeCost: 2, parallelism: 1 });
  const hashOf = async (memoryCost: number, timeCost: number) =>
    (await passwordHasher({ memoryCost, timeCost, parallelism: 1 })).hash('whatever it is');
  expect(hasher.isOutdated(await hashOf(16, 2))).toBe(false);
  expect(hasher.isOutdated(await hashOf(32, 3))).toBe(false);
  expect(hasher.isOutdated(await hashOf(15, 3))).toBe(true);
  expect(hasher.isOutdated(await hashOf(32, 1))).toBe(true);
  expect(hasher.isOutdated('$2b$12$abcdefghijklmnopqrstuv')).toBe(true);
});

test('a storm is hashed as far as there is room, the rest is OVERLOADED with a wait', async () => {
  const hasher = await passwordHasher(testHashCost);
  const room = availableParallelism() * 65;
  const outcomes = await sideBySide(room + 10, () => refusalOf(hasher.hash('whatever it is')));
  expect(tally(outcomes)).toEqual({ none: room, OVERLOADED: 10 });
  expect(await refusalOf(hasher.hash('whatever it is'))).toBe('none');
});

test('never more jobs run than allowed, in the order they came, also when new ones come as others finish', async () => {
  const enqueue = boundedQueue({ concurrency: 2, waiting: 1000, retryAfterSeconds: 1 });
  const begun: number[] = [];
  let running = 0;
  let most = 0;
  const job = (name: number) => async () => {
    begun.push(name);
    running += 1;
    most = Math.max(most, running);
    for (let ticks = 0; ticks < name % 5; ticks += 1) await Promise.resolve();
    running -= 1;
  };
  let names = 0;
  const worker = async () => {
    for (let jobs = 0; jobs < 20; jobs += 1) {
      names += 1;
      await enqueue(job(names));
    }
  };
  await sideBySide(7, worker);
  expect(most).toBe(2);
  expect(begun).toEqual(Array.from({ length: 140 }, (_, index) => index + 1));
});

test('a job that fails gives its place back', async () => {
  const enqueue = boundedQueue({ concurrency: 1, waiting: 0, retryAfterSeconds: 3 });
  await expect(enqueue(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  const { promise, resolve } = Promise.withResolvers<string>();
  const running = enqueue(() => promise);
  await expect(enqueue(async () => 'more')).rejects.toEqual(new AuthError('OVERLOADED', { retryAfter: 3 }));
  await expect(enqueue(async () => 'more')).rejects.toMatchObject({ code: 'OVERLOADED', retryAfter: 3 });
  resolve('done');
  expect(await running).toBe('done');
});
