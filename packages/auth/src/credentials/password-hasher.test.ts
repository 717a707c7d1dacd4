import { availableParallelism } from 'node:os';
import { expect, test } from 'vitest';
import { AuthError } from '../auth-error.ts';
import { testHashCost } from '../testing/create-test-auth.ts';
import { inParallel, refusalOf, tally } from '../testing/people.ts';
import { boundedQueue, passwordHasher } from './password-hasher.ts';

test('a hash is argon2id with the configured cost and a random salt, and matches only its password', async () => {
  const hasher = await passwordHasher(testHashCost);
  const [one, two] = [await hasher.hash('月光 and a quiet night'), await hasher.hash('月光 and a quiet night')];
  expect(one).toMatch(/^\$argon2id\$v=19\$m=8,t=1,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
  expect(one).not.toBe(two);
  expect(await hasher.verify('月光 and a quiet night', one)).toBe(true);
  for (const wrong of ['', '月光 and a quiet night ', '月光 AND A QUIET NIGHT', 'x'.repeat(128)])
    expect(await hasher.verify(wrong, one)).toBe(false);
});

test('without an account, and with a malformed hash, no password matches', async () => {
  const hasher = await passwordHasher(testHashCost);
  expect(await hasher.verify('the password of no account', undefined)).toBe(false);
  for (const malformed of ['', 'x', '$argon2id$v=19$m=8,t=1,p=1$', '$2b$12$abcdefghijklmnopqrstuv'])
    expect(await hasher.verify('whatever', malformed)).toBe(false);
});

test('a hash is outdated when its cost is lower than the configured one, or its algorithm differs', async () => {
  const hasher = await passwordHasher({ memoryCost: 16, timeCost: 2, parallelism: 1 });
  const hashOf = async (memoryCost: number, timeCost: number) =>
    (await passwordHasher({ memoryCost, timeCost, parallelism: 1 })).hash('whatever it is');
  expect(hasher.isOutdated(await hashOf(16, 2))).toBe(false);
  expect(hasher.isOutdated(await hashOf(32, 3))).toBe(false);
  expect(hasher.isOutdated(await hashOf(15, 3))).toBe(true);
  expect(hasher.isOutdated(await hashOf(32, 1))).toBe(true);
  expect(hasher.isOutdated('$2b$12$abcdefghijklmnopqrstuv')).toBe(true);
});

test('a burst is hashed up to the limit of the queue, the rest is OVERLOADED with a wait', async () => {
  const hasher = await passwordHasher(testHashCost);
  const capacity = availableParallelism() * 65;
  const outcomes = await inParallel(capacity + 10, () => refusalOf(hasher.hash('whatever it is')));
  expect(tally(outcomes)).toEqual({ none: capacity, OVERLOADED: 10 });
  expect(await refusalOf(hasher.hash('whatever it is'))).toBe('none');
});

test('jobs run in the order they came and never more than allowed, also when new ones come as others finish', async () => {
  const enqueue = boundedQueue({ concurrency: 2, waiting: 1000, retryAfterSeconds: 1 });
  const started: number[] = [];
  let running = 0;
  let most = 0;
  const job = (name: number) => async () => {
    started.push(name);
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
  await inParallel(7, worker);
  expect(most).toBe(2);
  expect(started).toEqual(Array.from({ length: 140 }, (_, index) => index + 1));
});

test('a job that fails frees its slot', async () => {
  const enqueue = boundedQueue({ concurrency: 1, waiting: 0, retryAfterSeconds: 3 });
  await expect(enqueue(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  const { promise, resolve } = Promise.withResolvers<string>();
  const running = enqueue(() => promise);
  await expect(enqueue(async () => 'more')).rejects.toEqual(new AuthError('OVERLOADED', { retryAfter: 3 }));
  await expect(enqueue(async () => 'more')).rejects.toMatchObject({ code: 'OVERLOADED', retryAfter: 3 });
  resolve('done');
  expect(await running).toBe('done');
});
