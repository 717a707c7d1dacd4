import { limits } from '@moonlight/db';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { checkEmail } from '../registration/register.ts';
import { createTestAuth, type TestAuth } from '../testing/create-test-auth.ts';
import { inParallel, refusalOf, tally } from '../testing/people.ts';
import { testRequest } from '../testing/test-inputs.ts';

let t: TestAuth;
beforeAll(async () => {
  t = await createTestAuth({ settings: { limits: { checkEmailPerIpPerMinute: 2 } } });
});
beforeEach(async () => {
  await t.deps.db.delete(limits);
});
afterAll(() => t.close());

const ask = (ip: string) => refusalOf(checkEmail(t.deps, { email: 'ann@example.org' }, testRequest({ ip })));
const counts = async () => (await t.deps.db.select({ count: limits.count }).from(limits)).map(({ count }) => count);

test('the networks of one IPv6 /48 get ten times the limit of one /64 together, also in parallel', async () => {
  const outcomes = await inParallel(30, (index) => ask(`2001:db8:7:${index.toString(16)}::1`));
  expect(tally(outcomes)).toEqual({ none: 20, RATE_LIMITED: 10 });
  expect(await ask('2001:db8:7:ffff::1')).toBe('RATE_LIMITED');
  expect(await ask('2001:db8:8::1')).toBe('none');
});

test('a call that the /64 refuses does not count for the /48', async () => {
  expect(tally(await inParallel(5, () => ask('2001:db8:7::1')))).toEqual({ none: 2, RATE_LIMITED: 3 });
  expect(await counts()).toEqual([2, 2]);
});

test('an IPv6 address costs no further statement, and an IPv4 address no further counter', async () => {
  t.statements();
  await ask('192.0.2.1');
  const ofIpv4 = t.statements();
  expect(await counts()).toEqual([1]);
  t.statements();
  await ask('2001:db8:9::1');
  expect(t.statements()).toEqual(ofIpv4);
});

test('the wait is the longer one, for every rule of a call in its place', async () => {
  const rule = (key: string, limit = 1) => ({ key, limit, windowSeconds: 60 });
  const wider = (key: string) => ({ ...rule(key, 5), wider: { ...rule(`wide ${key}`), windowSeconds: 600 } });
  expect(await t.deps.limits.consume([wider('a')])).toBe(0);
  expect(await t.deps.limits.consume([rule('b')])).toBe(0);
  expect(await t.deps.limits.peek([rule('c'), wider('a'), rule('b'), wider('d')])).toEqual([0, 600, 60, 0]);
  expect(await t.deps.limits.consume([rule('c'), wider('a')])).toBe(600);
  expect(await t.deps.limits.peek([rule('c')])).toEqual([0]);
});
