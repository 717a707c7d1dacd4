import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestAuth, type TestAuth } from '../testing/create-test-auth.ts';
import { newPerson, refusalOf, registerByLink, solved, tally } from '../testing/people.ts';
import { testRequest } from '../testing/test-inputs.ts';
import { login } from './login.ts';

let t: TestAuth;
beforeAll(async () => {
  t = await createTestAuth({ altcha: true });
});
afterAll(() => t.close());

const failFromAnywhere = async (email: string, times: number) => {
  const outcomes = [];
  for (let tries = 0; tries < times; tries += 1)
    outcomes.push(await refusalOf(login(t.deps, { email, password: 'not the password' }, testRequest())));
  return tally(outcomes);
};

test('after 10 failures with an email, known or not and from any IP address, its login requires a captcha', async () => {
  const { person } = await registerByLink(t);
  for (const email of [person.email, newPerson().email]) {
    expect(await failFromAnywhere(email, 10)).toEqual({ INVALID_CREDENTIALS: 10 });
    expect(await failFromAnywhere(email.toUpperCase(), 2)).toEqual({ CAPTCHA_REQUIRED: 2 });
  }
  expect(await refusalOf(login(t.deps, person, testRequest()))).toBe('CAPTCHA_REQUIRED');
  expect(await refusalOf(login(t.deps, { ...person, captcha: 'nonsense' }, testRequest()))).toBe('CAPTCHA_INVALID');
  const captcha = await solved(t);
  expect(await refusalOf(login(t.deps, { ...person, captcha }, testRequest()))).toBe('none');
  // A solution is accepted once.
  expect(await refusalOf(login(t.deps, { ...person, captcha }, testRequest()))).toBe('CAPTCHA_INVALID');
});

test('after 15 minutes no captcha is required', async () => {
  const { person } = await registerByLink(t);
  await failFromAnywhere(person.email, 10);
  t.clock.advance(899.999);
  expect(await refusalOf(login(t.deps, person, testRequest()))).toBe('CAPTCHA_REQUIRED');
  t.clock.advance(0.001);
  expect(await refusalOf(login(t.deps, person, testRequest()))).toBe('none');
});

test('a captcha that is not required is neither checked nor spent', async () => {
  const { person } = await registerByLink(t);
  const captcha = await solved(t);
  expect(await refusalOf(login(t.deps, { ...person, captcha }, testRequest()))).toBe('none');
  expect(await refusalOf(login(t.deps, { ...person, captcha: 'nonsense' }, testRequest()))).toBe('none');
  await failFromAnywhere(person.email, 10);
  expect(await refusalOf(login(t.deps, { ...person, captcha }, testRequest()))).toBe('none');
});

test('a login that must wait does not spend its captcha', async () => {
  const { person } = await registerByLink(t);
  const request = testRequest();
  const wrong = { ...person, password: 'not the password' };
  for (let tries = 0; tries < 5; tries += 1) await refusalOf(login(t.deps, wrong, request));
  await failFromAnywhere(person.email, 5);
  const captcha = await solved(t);
  expect(await refusalOf(login(t.deps, { ...person, captcha }, request))).toBe('RATE_LIMITED');
  t.clock.advance(1);
  expect(await refusalOf(login(t.deps, { ...person, captcha }, request))).toBe('none');
});
