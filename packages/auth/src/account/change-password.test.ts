import { afterAll, beforeAll, expect, test } from 'vitest';
import { confirmPasswordReset } from '../password-reset/confirm-password-reset.ts';
import { login } from '../sessions/login.ts';
import { createTestAuth, type TestAuth } from '../testing/create-test-auth.ts';
import {
  inParallel,
  logIn,
  mailedResetCode,
  mailedResetToken,
  refusalOf,
  registerByLink,
  registerVerified,
  tally,
} from '../testing/people.ts';
import { testRequest } from '../testing/test-inputs.ts';
import { changePassword } from './change-password.ts';

const NEW = 'a calm new morning';

let t: TestAuth;
beforeAll(async () => {
  t = await createTestAuth();
});
afterAll(() => t.close());

const change = (identity: Awaited<ReturnType<typeof logIn>>['identity'], currentPassword: string, newPassword = NEW) =>
  changePassword(t.deps, { input: { currentPassword, newPassword }, identity }, testRequest());

test('the new password is valid, the other sessions end, this one does not, and a notice is mailed', async () => {
  const { person } = await registerVerified(t);
  const { accessToken, refreshToken, identity } = await logIn(t, person);
  const other = await logIn(t, person);
  expect(await change(identity, person.password)).toBeNull();
  expect(await refusalOf(t.authenticate(accessToken))).toBe('none');
  expect(await refusalOf(t.refresh({ refreshToken }, testRequest()))).toBe('none');
  expect(await refusalOf(t.authenticate(other.accessToken))).toBe('TOKEN_INVALID');
  expect(await refusalOf(login(t.deps, person, testRequest()))).toBe('INVALID_CREDENTIALS');
  expect(await refusalOf(login(t.deps, { ...person, password: NEW }, testRequest()))).toBe('none');
  expect(await t.lastMail('password-changed', person.email)).toMatchObject({ at: t.clock.now().toISOString() });
});

test('a wrong current password or a common new one changes nothing', async () => {
  const { person } = await registerByLink(t);
  const { identity } = await logIn(t, person);
  expect(await refusalOf(change(identity, 'not the password'))).toBe('REAUTHENTICATION_FAILED');
  for (const common of ['Password123', person.email.toUpperCase(), person.username.toLowerCase()])
    expect(await refusalOf(change(identity, person.password, common))).toBe('PASSWORD_TOO_COMMON');
  expect(await refusalOf(login(t.deps, person, testRequest()))).toBe('none');
  await expect(t.lastMail('password-changed', person.email)).rejects.toThrow('no password-changed');
});

test('a change invalidates the outstanding reset link and code', async () => {
  const { person } = await registerVerified(t);
  const { identity } = await logIn(t, person);
  const token = await mailedResetToken(t, person);
  t.clock.advance(60);
  const code = await mailedResetCode(t, person);
  await change(identity, person.password);
  const reset = (input: object) =>
    refusalOf(confirmPasswordReset(t.deps, { newPassword: 'the thief was late', ...input }, testRequest()));
  expect(await reset({ token })).toBe('LINK_INVALID');
  expect(await reset({ email: person.email, code })).toBe('CODE_INVALID');
});

test('of parallel changes exactly one succeeds, and its password is valid', async () => {
  const { person } = await registerByLink(t);
  const { identity } = await logIn(t, person);
  const outcomes = await inParallel(4, (index) => refusalOf(change(identity, person.password, `${NEW} ${index}`)));
  expect(tally(outcomes)).toEqual({ none: 1, REAUTHENTICATION_FAILED: 3 });
  const password = `${NEW} ${outcomes.indexOf('none')}`;
  expect(await refusalOf(login(t.deps, { ...person, password }, testRequest()))).toBe('none');
});

test('failed changes never require a captcha, neither for the change nor for a login', async () => {
  const withAltcha = await createTestAuth({ altcha: true });
  const { person } = await registerByLink(withAltcha);
  const { identity } = await logIn(withAltcha, person);
  const input = { currentPassword: 'not the password', newPassword: NEW };
  for (let tries = 0; tries < 12; tries += 1)
    expect(await refusalOf(changePassword(withAltcha.deps, { input, identity }, testRequest()))).toBe(
      'REAUTHENTICATION_FAILED',
    );
  expect(await refusalOf(login(withAltcha.deps, person, testRequest()))).toBe('none');
  await withAltcha.close();
});
