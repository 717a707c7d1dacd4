import { users } from '@moonlight/db';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cleanUp } from '../clean-up/clean-up.ts';
import { sendCode } from '../codes/send-code.ts';
import { verifyEmail } from '../email-verification/verify-email.ts';
import { deleteAccount, restoreAccount } from '../operators/plan-deletion.ts';
import { confirmPasswordReset } from '../password-reset/confirm-password-reset.ts';
import { register } from '../registration/register.ts';
import { login } from '../sessions/login.ts';
import { createTestAuth, type TestAuth } from '../testing/create-test-auth.ts';
import {
  changedHasher,
  logIn,
  mailedResetCode,
  mailedResetToken,
  newPerson,
  type Person,
  refusalOf,
  registerByLink,
  registerVerified,
} from '../testing/people.ts';
import { testRequest } from '../testing/test-inputs.ts';

const DAY = 86_400;

let t: TestAuth;
beforeAll(async () => {
  t = await createTestAuth();
});
afterAll(() => t.close());

const operation = ({ username: who }: Person) => ({ who, operator: { actor: 'cli:root', reason: 'asked by letter' } });
const plan = (person: Person) => deleteAccount(t.deps, operation(person));
const restore = (person: Person) => restoreAccount(t.deps, operation(person));

test('from the plan on, sessions, links and codes are refused', async () => {
  const { person } = await registerVerified(t);
  const { accessToken, refreshToken } = await logIn(t, person);
  const token = await mailedResetToken(t, person);
  t.clock.advance(60);
  const code = await mailedResetCode(t, person);
  expect(await plan(person)).toMatchObject({ isChanged: true, endedSessions: 1 });
  expect(await refusalOf(t.authenticate(accessToken))).toBe('TOKEN_INVALID');
  expect(await refusalOf(t.refresh({ refreshToken }, testRequest()))).toBe('REFRESH_TOKEN_INVALID');
  const newPassword = 'another quiet night';
  expect(await refusalOf(confirmPasswordReset(t.deps, { token, newPassword }, testRequest()))).toBe('LINK_INVALID');
  const byCode = { email: person.email, code, newPassword };
  expect(await refusalOf(confirmPasswordReset(t.deps, byCode, testRequest()))).toBe('CODE_INVALID');
});

test('a verification link that was mailed before the plan is invalid', async () => {
  const { person, linkToken } = await registerByLink(t);
  await plan(person);
  expect(await refusalOf(verifyEmail(t.deps, { token: linkToken }, testRequest()))).toBe('LINK_INVALID');
});

test('the right password is answered with the time of the deletion, and a wrong one as ever', async () => {
  const { person } = await registerVerified(t);
  const { account } = await plan(person);
  const deletesAt = new Date(t.clock.now().getTime() + 7 * DAY * 1000);
  expect(account.deletesAt).toEqual(deletesAt);
  const attempt = (password: string) => login(t.deps, { ...person, password }, testRequest());
  await expect(attempt(person.password)).rejects.toMatchObject({ code: 'ACCOUNT_DELETION_PENDING', deletesAt });
  await expect(attempt('wrong')).rejects.toMatchObject({ code: 'INVALID_CREDENTIALS', deletesAt: undefined });
});

test('a password reset that was asked for after the plan changes the password and opens no session', async () => {
  const { person } = await registerVerified(t);
  await plan(person);
  const changed = { ...person, password: 'another quiet night' };
  const token = await mailedResetToken(t, person);
  expect(await confirmPasswordReset(t.deps, { token, newPassword: changed.password }, testRequest())).toBeNull();
  expect(await refusalOf(logIn(t, changed))).toBe('ACCOUNT_DELETION_PENDING');
});

test('a login whose password is checked while the deletion is planned opens no session', async () => {
  const { person } = await registerVerified(t);
  let isPlanned = false;
  const hasher = changedHasher(t.deps.hasher, (place) => ({
    verify: async (...given) => {
      const isRight = await place.verify(...given);
      if (!isPlanned) await plan(person);
      isPlanned = true;
      return isRight;
    },
  }));
  expect(await refusalOf(login({ ...t.deps, hasher }, person, testRequest()))).toBe('ACCOUNT_DELETION_PENDING');
});

test('the address and the username of an account stay taken until it is erased, also of one that was never verified', async () => {
  const { person } = await registerByLink(t);
  await plan(person);
  t.clock.advance(2 * DAY);
  await cleanUp(t.deps);
  const another = newPerson();
  const attempt = (names: Partial<Person>) => refusalOf(register(t.deps, { ...another, ...names }, testRequest()));
  expect(await attempt({ email: person.email })).toBe('EMAIL_TAKEN');
  expect(await attempt({ username: person.username })).toBe('USERNAME_TAKEN');
  await sendCode(t.deps, { email: person.email, type: 'register' }, testRequest());
  const { code } = await t.lastMail('verification-code', person.email);
  expect(await refusalOf(register(t.deps, { ...another, email: person.email, code }, testRequest()))).toBe(
    'EMAIL_TAKEN',
  );
});

test('a restored account logs in again, and its owner is told of both', async () => {
  const { person, user } = await registerVerified(t);
  const { account } = await plan(person);
  expect(await t.lastMail('operator-action', person.email)).toMatchObject({
    action: 'deletion-planned',
    deletesAt: account.deletesAt?.toISOString(),
  });
  // Nothing has erased it yet, so it can be restored, however late.
  t.clock.advance(8 * DAY);
  expect(await restore(person)).toMatchObject({ isChanged: true });
  expect(await t.lastMail('operator-action', person.email)).toMatchObject({ action: 'deletion-cancelled' });
  expect((await logIn(t, person)).identity.user.id).toBe(user.id);
});

test('a second plan neither postpones the deletion nor mails again', async () => {
  const { person, user } = await registerVerified(t);
  const { account } = await plan(person);
  const mails = (await t.mails()).length;
  t.clock.advance(DAY);
  expect(await plan(person)).toMatchObject({ isChanged: false, account: { deletesAt: account.deletesAt } });
  const [row] = await t.deps.db.select().from(users).where(eq(users.id, user.id));
  expect(row?.deletesAt).toEqual(account.deletesAt);
  expect(await t.mails()).toHaveLength(mails);
});
