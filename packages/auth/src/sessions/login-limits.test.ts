import { afterAll, beforeAll, expect, test } from 'vitest';
import { changePassword } from '../account/change-password.ts';
import { AuthError } from '../auth-error.ts';
import { createTestAuth, type TestAuth } from '../testing/create-test-auth.ts';
import {
  changedHasher,
  inParallel,
  logIn,
  newPerson,
  refusalOf,
  registerByLink,
  tally,
  waitOf,
} from '../testing/people.ts';
import { testRequest } from '../testing/test-inputs.ts';
import { login } from './login.ts';

let t: TestAuth;
beforeAll(async () => {
  t = await createTestAuth();
});
afterAll(() => t.close());

const WRONG = 'not the password';

test('five failures are free, then the next attempt must wait exactly 1, 2, 4 … 900 s', async () => {
  const { person } = await registerByLink(t);
  const request = testRequest();
  const wrong = () => login(t.deps, { ...person, password: WRONG }, request);
  for (let failures = 1; failures <= 5; failures += 1) expect(await refusalOf(wrong())).toBe('INVALID_CREDENTIALS');
  for (const wait of [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]) {
    expect(await waitOf(wrong())).toBe(wait);
    t.clock.advance(wait - 0.001);
    // The right password must wait as well, and an attempt during a wait neither counts nor extends it.
    expect(await waitOf(login(t.deps, person, request))).toBe(1);
    t.clock.advance(0.001);
    expect(await refusalOf(wrong())).toBe('INVALID_CREDENTIALS');
  }
});

test('a success resets the failures of email and IP address', async () => {
  const { person } = await registerByLink(t);
  const request = testRequest();
  for (let round = 0; round < 2; round += 1) {
    for (let failures = 1; failures <= 4; failures += 1)
      expect(await refusalOf(login(t.deps, { ...person, password: WRONG }, request))).toBe('INVALID_CREDENTIALS');
    expect(await refusalOf(login(t.deps, person, request))).toBe('none');
  }
});

test('of 20 parallel wrong passwords five are INVALID_CREDENTIALS, the others must wait', async () => {
  for (const email of [(await registerByLink(t)).person.email, newPerson().email]) {
    const request = testRequest();
    const input = { email, password: WRONG };
    const outcomes = await inParallel(20, () => refusalOf(login(t.deps, input, request)));
    expect(tally(outcomes)).toEqual({ INVALID_CREDENTIALS: 5, RATE_LIMITED: 15 });
    expect(await waitOf(login(t.deps, input, request))).toBe(1);
  }
});

test('a right guess among parallel wrong ones is refused once they have started a wait', async () => {
  const { person } = await registerByLink(t);
  const request = testRequest();
  const { promise: failed, resolve } = Promise.withResolvers<void>();
  const hasher = changedHasher(t.deps.hasher, (place) => ({
    verify: async (password, hash) => {
      if (password === person.password) await failed;
      return place.verify(password, hash);
    },
  }));
  const deps = { ...t.deps, hasher };
  const right = refusalOf(login(deps, person, request));
  for (let failures = 1; failures <= 5; failures += 1)
    expect(await refusalOf(login(deps, { ...person, password: WRONG }, request))).toBe('INVALID_CREDENTIALS');
  resolve();
  expect(await right).toBe('RATE_LIMITED');
});

test('failures of a stranger do not lock out the owner, who has another IP address', async () => {
  const { person } = await registerByLink(t);
  const stranger = testRequest();
  for (let failures = 1; failures <= 9; failures += 1) {
    await refusalOf(login(t.deps, { ...person, password: WRONG }, stranger));
    t.clock.advance(900);
  }
  await refusalOf(login(t.deps, { ...person, password: WRONG }, stranger));
  expect(await refusalOf(login(t.deps, person, stranger))).toBe('RATE_LIMITED');
  expect(await refusalOf(login(t.deps, person, testRequest()))).toBe('none');
});

test('one IP address can fail exactly 100 times in 15 minutes, also in parallel calls', async () => {
  const request = testRequest();
  const wrong = () => refusalOf(login(t.deps, { email: newPerson().email, password: WRONG }, request));
  const { person } = await registerByLink(t);
  const outcomes = await inParallel(120, wrong);
  expect(tally(outcomes)).toEqual({ INVALID_CREDENTIALS: 100, RATE_LIMITED: 20 });
  expect(await waitOf(login(t.deps, person, request))).toBe(900);
  expect(await refusalOf(login(t.deps, person, testRequest()))).toBe('none');
  t.clock.advance(899.999);
  expect(await waitOf(login(t.deps, person, request))).toBe(1);
  t.clock.advance(0.001);
  expect(await refusalOf(login(t.deps, person, request))).toBe('none');
});

test('OVERLOADED does not count as a failure', async () => {
  const { person } = await registerByLink(t);
  const request = testRequest();
  const verify = () => Promise.reject(new AuthError('OVERLOADED', { retryAfter: 1 }));
  const deps = { ...t.deps, hasher: changedHasher(t.deps.hasher, () => ({ verify })) };
  for (let tries = 0; tries < 6; tries += 1) expect(await refusalOf(login(deps, person, request))).toBe('OVERLOADED');
  expect(await refusalOf(login(t.deps, person, request))).toBe('none');
});

test('wrong current passwords count together with failed logins', async () => {
  const { person } = await registerByLink(t);
  const { identity } = await logIn(t, person);
  const request = testRequest();
  const input = { currentPassword: WRONG, newPassword: 'a calm new morning' };
  const change = () => refusalOf(changePassword(t.deps, { input, identity }, request));
  const outcomes = await inParallel(20, change);
  expect(tally(outcomes)).toEqual({ REAUTHENTICATION_FAILED: 5, RATE_LIMITED: 15 });
  expect(await refusalOf(login(t.deps, person, request))).toBe('RATE_LIMITED');
  t.clock.advance(1);
  expect(await refusalOf(login(t.deps, person, request))).toBe('none');
});
