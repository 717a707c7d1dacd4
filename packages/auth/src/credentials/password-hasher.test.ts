import { availableParallelism } from 'node:os';
import { expect, test } from 'vitest';
import { AuthError } from '../auth-error.ts';
import { testHashCost } from '../testing/create-test-auth.ts';
import { inParallel, refusalOf, tally } from '../testing/people.ts';
import { passwordHasher } from './password-hasher.ts';

test('a hash is argon2id with the configured cost and a random salt, and matches only its password', async () => {
  const hasher = (await passwordHasher(testHashCost)).enter('192.0.2.1');
  const [one, two] = [await hasher.hash('月光 and a quiet night'), await hasher.hash('月光 and a quiet night')];
  expect(one).toMatch(/^\$argon2id\$v=19\$m=8,t=1,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
  expect(one).not.toBe(two);
  expect(await hasher.verify('月光 and a quiet night', one)).toBe(true);
  for (const wrong of ['', '月光 and a quiet night ', '月光 AND A QUIET NIGHT', 'x'.repeat(128)])
    expect(await hasher.verify(wrong, one)).toBe(false);
});

test('without an account, and with a malformed hash, no password matches', async () => {
  const hasher = (await passwordHasher(testHashCost)).enter('192.0.2.1');
  expect(await hasher.verify('the password of no account', undefined)).toBe(false);
  for (const malformed of ['', 'x', '$argon2id$v=19$m=8,t=1,p=1$', '$2b$12$abcdefghijklmnopqrstuv'])
    expect(await hasher.verify('whatever', malformed)).toBe(false);
});

test('a hash is outdated when its cost is lower than the configured one, or its algorithm differs', async () => {
  const hasher = await passwordHasher({ memoryCost: 16, timeCost: 2, parallelism: 1 });
  const hashOf = async (memoryCost: number, timeCost: number) =>
    (await passwordHasher({ memoryCost, timeCost, parallelism: 1 })).enter('192.0.2.1').hash('whatever it is');
  expect(hasher.isOutdated(await hashOf(16, 2))).toBe(false);
  expect(hasher.isOutdated(await hashOf(32, 3))).toBe(false);
  expect(hasher.isOutdated(await hashOf(15, 3))).toBe(true);
  expect(hasher.isOutdated(await hashOf(32, 1))).toBe(true);
  expect(hasher.isOutdated('$2b$12$abcdefghijklmnopqrstuv')).toBe(true);
});

test('a burst is hashed up to the limit of the queue, the rest is OVERLOADED with a wait', async () => {
  const hasher = await passwordHasher(testHashCost);
  const hash = async () => {
    using place = hasher.enter('192.0.2.1');
    return await place.hash('whatever it is');
  };
  const capacity = availableParallelism() * 128;
  const outcomes = await inParallel(capacity + 10, () => refusalOf(hash()));
  expect(tally(outcomes)).toEqual({ none: capacity, OVERLOADED: 10 });
  expect(await refusalOf(hash())).toBe('none');
});

test('addresses of one IPv6 /64 share their places, those of another /64 get their own', async () => {
  const hasher = await passwordHasher(testHashCost);
  const quarter = availableParallelism() * 32;
  using _other = hasher.enter('192.0.2.1');
  const addresses = Array.from({ length: quarter }, (_, index) => `2001:db8:0:1::${index.toString(16)}`);
  const places = addresses.map((ip) => hasher.enter(ip));
  expect(() => hasher.enter('2001:db8:0:1:ffff::')).toThrow(new AuthError('OVERLOADED', { retryAfter: 1 }));
  using _neighbour = hasher.enter('2001:db8:0:2::');
  for (const place of places) place[Symbol.dispose]();
});
