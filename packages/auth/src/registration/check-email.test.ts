import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestAuth, type TestAuth } from '../testing/create-test-auth.ts';
import {
  newPerson,
  refusalOf,
  sideBySide,
  registerByLink,
  registerVerified,
  tally,
  waitOf,
} from '../testing/people.ts';
import { testRequest } from '../testing/test-inputs.ts';
import { checkEmail } from './register.ts';

let t: TestAuth;
beforeAll(async () => {
  t = await createTestAuth();
});
afterAll(() => t.close());

const check = (email: string, request = testRequest()) => checkEmail(t.deps, { email }, request);

test('an address exists in whatever case, verified or not', async () => {
  expect(await check((await registerByLink(t)).person.email.toUpperCase())).toEqual({ exists: true });
  expect(await check((await registerVerified(t)).person.email)).toEqual({ exists: true });
  expect(await check(newPerson().email)).toEqual({ exists: false });
});

test('an account that is gone does not exist', async () => {
  const { person } = await registerByLink(t);
  t.clock.advance(86_400);
  expect(await check(person.email)).toEqual({ exists: false });
});

test('one IP address may ask 60 times a minute, to the exact call', async () => {
  const request = testRequest();
  const outcomes = await sideBySide(70, () => refusalOf(check(newPerson().email, request)));
  expect(tally(outcomes)).toEqual({ none: 60, RATE_LIMITED: 10 });
  expect(await waitOf(check(newPerson().email, request))).toBe(60);
  t.clock.advance(60);
  expect(await refusalOf(check(newPerson().email, request))).toBe('none');
});
