import { afterAll, beforeAll, expect, test } from 'vitest';
import { cleanUp } from '../clean-up/clean-up.ts';
import { confirmPasswordReset } from '../password-reset/confirm-password-reset.ts';
import { checkEmail } from '../registration/register.ts';
import { createTestAuth, type TestAuth } from '../testing/create-test-auth.ts';
import {
  inParallel,
  logIn,
  newPerson,
  type Person,
  refusalOf,
  registerByLink,
  tally,
  tokenOf,
} from '../testing/people.ts';
import { testRequest } from '../testing/test-inputs.ts';
import { inviteAccount } from './invite-account.ts';
import { showAccount } from './manage-accounts.ts';

const HOUR = 3600;

let t: TestAuth;
beforeAll(async () => {
  t = await createTestAuth();
});
afterAll(() => t.close());

const operator = { actor: 'cli:root', reason: 'a new colleague' };
const invite = ({ email, username }: Person) => inviteAccount(t.deps, { email, username, locale: 'zh-CN', operator });
const accept = async ({ email, password: newPassword }: Person) => {
  const { url } = await t.lastMail('invitation', email);
  await confirmPasswordReset(t.deps, { token: tokenOf(url), newPassword }, testRequest());
};
const isThere = async ({ email }: Person) => (await refusalOf(showAccount(t.deps, email))) === 'none';

test('an invited person chooses a password after 71 hours, which verifies the email, and the account stays', async () => {
  const person = newPerson();
  const { id } = await invite(person);
  expect(await t.lastMail('invitation', person.email)).toMatchObject({ locale: 'zh-CN', expiresInHours: 72 });
  expect(await refusalOf(logIn(t, person))).toBe('INVALID_CREDENTIALS');
  t.clock.advance(71 * HOUR);
  await cleanUp(t.deps);
  expect(await checkEmail(t.deps, { email: person.email }, testRequest())).toEqual({ exists: true });
  await accept(person);
  const { identity } = await logIn(t, person);
  expect(identity.user).toMatchObject({ id, isEmailVerified: true, locale: 'zh-CN' });
  t.clock.advance(10 * HOUR);
  await cleanUp(t.deps);
  expect(await isThere(person)).toBe(true);
});

test('an invitation that is not used ends after 72 hours, and its account is removed', async () => {
  const person = newPerson();
  await invite(person);
  t.clock.advance(72 * HOUR - 1);
  await cleanUp(t.deps);
  expect(await isThere(person)).toBe(true);
  t.clock.advance(1);
  expect(await refusalOf(accept(person))).toBe('LINK_EXPIRED');
  await cleanUp(t.deps);
  expect(await isThere(person)).toBe(false);
  expect(await refusalOf(invite(person))).toBe('none');
});

test('an address and a name that are taken are refused, and of parallel invitations one succeeds', async () => {
  const { person } = await registerByLink(t);
  expect(await refusalOf(invite(person))).toBe('EMAIL_TAKEN');
  expect(await refusalOf(invite({ ...newPerson(), username: person.username }))).toBe('USERNAME_TAKEN');
  expect(await refusalOf(invite({ ...newPerson(), username: 'admin' }))).toBe('USERNAME_TAKEN');
  const another = newPerson();
  expect(tally(await inParallel(5, () => refusalOf(invite(another))))).toEqual({ none: 1, EMAIL_TAKEN: 4 });
});
