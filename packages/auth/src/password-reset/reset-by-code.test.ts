import { users } from '@moonlight/db';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { changePassword } from '../account/change-password.ts';
import { sendCode } from '../codes/send-code.ts';
import { login } from '../sessions/login.ts';
import { createTestAuth, type TestAuth } from '../testing/create-test-auth.ts';
import {
  newPerson,
  type Person,
  refusalOf,
  sideBySide,
  logIn,
  registerByLink,
  registerVerified,
  tally,
  tokenOf,
  wrongCode,
} from '../testing/people.ts';
import { testRequest } from '../testing/test-inputs.ts';
import { confirmPasswordReset } from './confirm-password-reset.ts';
import { sendPasswordReset } from './send-password-reset.ts';

const NEW = 'the owner is back';

let t: TestAuth;
beforeAll(async () => {
  t = await createTestAuth();
});
afterAll(() => t.close());

const codeFor = async ({ email }: Person): Promise<string> => {
  await sendCode(t.deps, { email, type: 'reset_password' }, testRequest());
  return (await t.lastMail('reset-code', email)).code;
};
const reset = ({ email }: Pick<Person, 'email'>, code: string, newPassword = NEW) =>
  refusalOf(confirmPasswordReset(t.deps, { email, code, newPassword }, testRequest()));

test('a code sets a new password, verifies the address, ends every session and tells the owner', async () => {
  const { person } = await registerByLink(t);
  const hold = await logIn(t, person);
  expect(await reset({ email: person.email.toUpperCase() }, await codeFor(person))).toBe('none');
  expect(await refusalOf(t.authenticate(hold.accessToken))).toBe('TOKEN_INVALID');
  const { identity } = await logIn(t, { ...person, password: NEW });
  expect(identity.user.isEmailVerified).toBe(true);
  expect(await t.lastMail('password-changed', person.email)).toMatchObject({ at: t.clock.now().toISOString() });
});

test('a code resets once: of many at the same instant one wins, and later it is used', async () => {
  const { person } = await registerVerified(t);
  const code = await codeFor(person);
  const outcomes = await sideBySide(8, (index) => reset(person, code, `${NEW} ${index}`));
  expect(tally(outcomes)).toEqual({ none: 1, CODE_INVALID: 7 });
  const winner = { ...person, password: `${NEW} ${outcomes.indexOf('none')}` };
  expect(await refusalOf(login(t.deps, winner, testRequest()))).toBe('none');
  expect(await reset(person, code)).toBe('CODE_INVALID');
});

test('wrong tries count, the fifth kills the code, and nothing is changed', async () => {
  const { person } = await registerVerified(t);
  const code = await codeFor(person);
  for (let tries = 1; tries <= 5; tries += 1) expect(await reset(person, wrongCode(code))).toBe('CODE_INVALID');
  expect(await reset(person, code)).toBe('CODE_ATTEMPTS_EXCEEDED');
  expect(await refusalOf(login(t.deps, person, testRequest()))).toBe('none');
});

test('late codes, codes of others and codes to register with reset nothing', async () => {
  const { person } = await registerVerified(t);
  const { person: other } = await registerVerified(t);
  const code = await codeFor(person);
  expect(await reset(other, code)).toBe('CODE_INVALID');
  const { email } = newPerson();
  await sendCode(t.deps, { email, type: 'register' }, testRequest());
  expect(await reset({ email }, (await t.lastMail('verification-code', email)).code)).toBe('CODE_INVALID');
  t.clock.advance(600);
  expect(await reset(person, code)).toBe('CODE_EXPIRED');
});

test('the address and the name are no passwords; the code stays good', async () => {
  const { person } = await registerVerified(t);
  const code = await codeFor(person);
  for (const common of [person.email, person.username.toUpperCase()])
    expect(await reset(person, code, common)).toBe('PASSWORD_TOO_COMMON');
  expect(await reset(person, code)).toBe('none');
});

test('a reset kills the other outstanding proof: the link after a code', async () => {
  const { person } = await registerVerified(t);
  await sendPasswordReset(t.deps, { email: person.email }, testRequest());
  const token = tokenOf((await t.lastMail('reset-link', person.email)).url);
  t.clock.advance(60);
  await reset(person, await codeFor(person));
  const byLink = { token, newPassword: 'the thief was late' };
  expect(await refusalOf(confirmPasswordReset(t.deps, byLink, testRequest()))).toBe('LINK_INVALID');
});

test('a reset of a disabled account works and does not enable it', async () => {
  const { person } = await registerVerified(t);
  await t.deps.db.update(users).set({ isActive: false }).where(eq(users.email, person.email));
  expect(await reset(person, await codeFor(person))).toBe('none');
  expect(await refusalOf(login(t.deps, { ...person, password: NEW }, testRequest()))).toBe('ACCOUNT_DISABLED');
});

test('a code of an account that went away meanwhile is invalid', async () => {
  const { person } = await registerByLink(t);
  t.clock.advance(86_400 - 300);
  const code = await codeFor(person);
  t.clock.advance(300);
  expect(await reset(person, code)).toBe('CODE_INVALID');
});

test('by link, by code and by the current password at the same moment: one wins, and nobody waits in a circle', async () => {
  for (let round = 0; round < 4; round += 1) {
    const { person } = await registerVerified(t);
    const { identity } = await logIn(t, person);
    const code = await codeFor(person);
    t.clock.advance(60);
    await sendPasswordReset(t.deps, { email: person.email }, testRequest());
    const token = tokenOf((await t.lastMail('reset-link', person.email)).url);
    const input = { currentPassword: person.password, newPassword: NEW };
    const outcomes = await sideBySide(9, (index) => {
      if (index % 3 === 0) return reset(person, code);
      if (index % 3 === 1) return refusalOf(confirmPasswordReset(t.deps, { token, newPassword: NEW }, testRequest()));
      return refusalOf(changePassword(t.deps, { input, identity }, testRequest()));
    });
    expect(tally(outcomes)['none']).toBe(1);
    expect(await refusalOf(login(t.deps, { ...person, password: NEW }, testRequest()))).toBe('none');
  }
});
