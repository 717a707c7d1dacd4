import { outbox } from '@moonlight/db';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { verifyCode } from '../codes/verify-code.ts';
import { verifyEmail } from '../email-verification/verify-email.ts';
import { confirmPasswordReset } from '../password-reset/confirm-password-reset.ts';
import { sendPasswordReset } from '../password-reset/send-password-reset.ts';
import { login } from '../sessions/login.ts';
import { createTestAuth, type TestAuth } from '../testing/create-test-auth.ts';
import {
  logIn,
  mailedResetCode,
  mailedResetToken,
  refusalOf,
  registerByLink,
  registerVerified,
  solved,
} from '../testing/people.ts';
import { testRequest } from '../testing/test-inputs.ts';

// What docs/security.md promises of a new SECRET_KEY. That pending mails are dropped is tested with the delivery.

let before: TestAuth;
let after: TestAuth;
beforeAll(async () => {
  before = await createTestAuth();
  after = await createTestAuth({
    database: before.database,
    clock: before.clock,
    secretKey: 'a new secret of tests',
  });
});
// Each of the two opens only the mails that it queued.
const clearOutbox = () => before.deps.db.delete(outbox);
beforeEach(async () => {
  await clearOutbox();
});
afterAll(async () => {
  await after.close();
  await before.close();
});

test('a session ends: neither its access token nor its refresh token is valid', async () => {
  const { person } = await registerVerified(before);
  const { accessToken, refreshToken } = await logIn(before, person);
  expect(await refusalOf(after.authenticate(accessToken))).toBe('TOKEN_INVALID');
  expect(await refusalOf(after.refresh({ refreshToken }, testRequest()))).toBe('REFRESH_TOKEN_INVALID');
  expect(await refusalOf(login(after.deps, person, testRequest()))).toBe('none');
});

test('a mailed code is invalid, and a new one works', async () => {
  const { person } = await registerVerified(before);
  const check = (code: string) =>
    refusalOf(verifyCode(after.deps, { email: person.email, type: 'reset_password', code }, testRequest()));
  expect(await check(await mailedResetCode(before, person))).toBe('CODE_INVALID');
  after.clock.advance(60);
  await clearOutbox();
  expect(await check(await mailedResetCode(after, person))).toBe('none');
});

test('mailed links stay valid', async () => {
  const { person, linkToken } = await registerByLink(before);
  expect(await refusalOf(verifyEmail(after.deps, { token: linkToken }, testRequest()))).toBe('none');
  const token = await mailedResetToken(before, person);
  const reset = confirmPasswordReset(after.deps, { token, newPassword: 'after the change' }, testRequest());
  expect(await refusalOf(reset)).toBe('none');
});

test('the solution of a captcha is invalid', async () => {
  const parts = { database: before.database, clock: before.clock, altcha: true };
  const old = await createTestAuth(parts);
  const changed = await createTestAuth({ ...parts, secretKey: 'a new secret of tests' });
  const send = (captcha: string) =>
    refusalOf(sendPasswordReset(changed.deps, { email: 'nobody@example.com', captcha }, testRequest()));
  expect(await send(await solved(old))).toBe('CAPTCHA_INVALID');
  expect(await send(await solved(changed))).not.toBe('CAPTCHA_INVALID');
  await Promise.all([old.close(), changed.close()]);
});
