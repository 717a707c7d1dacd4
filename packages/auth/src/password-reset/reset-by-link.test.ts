import { auditLog, users } from '@moonlight/db';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sendCode } from '../codes/send-code.ts';
import { login } from '../sessions/login.ts';
import { createTestAuth, type TestAuth } from '../testing/create-test-auth.ts';
import {
  type Person,
  refusalOf,
  sideBySide,
  logIn,
  registerByLink,
  registerVerified,
  tally,
  tokenOf,
} from '../testing/people.ts';
import { testRequest } from '../testing/test-inputs.ts';
import { confirmEmail } from '../email-verification/confirm-email.ts';
import { confirmPasswordReset } from './confirm-password-reset.ts';
import { sendPasswordReset } from './send-password-reset.ts';

const MINUTES_30 = 1800;
const NEW = 'the owner is back';

let t: TestAuth;
beforeAll(async () => {
  t = await createTestAuth();
});
afterAll(() => t.close());

const linkFor = async ({ email }: Person): Promise<string> => {
  await sendPasswordReset(t.deps, { email }, testRequest());
  return tokenOf((await t.lastMail('reset-link', email)).url);
};
const reset = (token: string, newPassword = NEW) =>
  refusalOf(confirmPasswordReset(t.deps, { token, newPassword }, testRequest()));

test('a link sets a new password, ends every session and tells the owner', async () => {
  const { person } = await registerVerified(t);
  const sessions = [await logIn(t, person), await logIn(t, person)];
  expect(await reset(await linkFor(person))).toBe('none');
  for (const { accessToken, refreshToken } of sessions) {
    expect(await refusalOf(t.authenticate(accessToken))).toBe('TOKEN_INVALID');
    expect(await refusalOf(t.refresh({ refreshToken }, testRequest()))).toBe('REFRESH_TOKEN_INVALID');
  }
  expect(await refusalOf(login(t.deps, person, testRequest()))).toBe('INVALID_CREDENTIALS');
  expect(await refusalOf(login(t.deps, { ...person, password: NEW }, testRequest()))).toBe('none');
  const notice = await t.lastMail('password-changed', person.email);
  expect(notice).toMatchObject({ username: person.username, at: t.clock.now().toISOString() });
});

test('of ten resets with one link at the same instant one wins, and its password is the one that counts', async () => {
  const { person } = await registerVerified(t);
  const token = await linkFor(person);
  const outcomes = await sideBySide(10, (index) => reset(token, `${NEW} ${index}`));
  expect(tally(outcomes)).toEqual({ none: 1, LINK_USED: 9 });
  const winner = { ...person, password: `${NEW} ${outcomes.indexOf('none')}` };
  expect(await refusalOf(login(t.deps, winner, testRequest()))).toBe('none');
  const notices = (await t.mails()).filter((mail) => mail.kind === 'password-changed' && mail.to === person.email);
  expect(notices).toHaveLength(1);
});

test('a used link is LINK_USED however late, also when a newer one was sent and everything has expired', async () => {
  const { person } = await registerVerified(t);
  const token = await linkFor(person);
  await reset(token);
  t.clock.advance(60);
  await linkFor(person);
  expect(await reset(token)).toBe('LINK_USED');
  t.clock.advance(3 * 365 * 86_400);
  expect(await reset(token)).toBe('LINK_USED');
});

test('a link lives 30 minutes, to the millisecond', async () => {
  const { person } = await registerVerified(t);
  const token = await linkFor(person);
  t.clock.advance(MINUTES_30);
  expect(await reset(token)).toBe('LINK_EXPIRED');
  const second = await linkFor(person);
  t.clock.advance(MINUTES_30 - 0.001);
  expect(await reset(second)).toBe('none');
});

test('a link that expires while the new password is hashed is expired', async () => {
  const { person } = await registerVerified(t);
  const token = await linkFor(person);
  const hash: typeof t.deps.hasher.hash = (password) => {
    t.clock.advance(MINUTES_30);
    return t.deps.hasher.hash(password);
  };
  const slow = { ...t.deps, hasher: { ...t.deps.hasher, hash } };
  expect(await refusalOf(confirmPasswordReset(slow, { token, newPassword: NEW }, testRequest()))).toBe('LINK_EXPIRED');
  expect(await refusalOf(login(t.deps, person, testRequest()))).toBe('none');
});

test('a new link makes the older one invalid, also when both are expired', async () => {
  const { person } = await registerVerified(t);
  const older = await linkFor(person);
  t.clock.advance(60);
  const newer = await linkFor(person);
  expect(await reset(older)).toBe('LINK_INVALID');
  t.clock.advance(MINUTES_30);
  expect(await reset(older)).toBe('LINK_INVALID');
  expect(await reset(newer)).toBe('LINK_EXPIRED');
});

test('a link nobody was mailed is invalid, and a verification link resets nothing', async () => {
  const { linkToken } = await registerByLink(t);
  expect(await reset('A'.repeat(43))).toBe('LINK_INVALID');
  expect(await reset(linkToken)).toBe('LINK_INVALID');
});

test('common passwords, the address and the name are refused, and the link stays good', async () => {
  const { person } = await registerVerified(t);
  const token = await linkFor(person);
  for (const common of ['Password123', person.email.toUpperCase(), person.username.toUpperCase()])
    expect(await reset(token, common)).toBe('PASSWORD_TOO_COMMON');
  expect(await reset(token)).toBe('none');
});

test('a reset kills the other outstanding proof: the code after a link', async () => {
  const { person } = await registerVerified(t);
  await sendCode(t.deps, { email: person.email, type: 'reset_password' }, testRequest());
  const { code } = await t.lastMail('reset-code', person.email);
  t.clock.advance(60);
  await reset(await linkFor(person));
  const byCode = { email: person.email, code, newPassword: 'the thief was late' };
  expect(await refusalOf(confirmPasswordReset(t.deps, byCode, testRequest()))).toBe('CODE_INVALID');
});

test('a reset of a disabled account works and does not enable it', async () => {
  const { person } = await registerVerified(t);
  await t.deps.db.update(users).set({ isActive: false }).where(eq(users.email, person.email));
  expect(await reset(await linkFor(person))).toBe('none');
  expect(await refusalOf(login(t.deps, { ...person, password: NEW }, testRequest()))).toBe('ACCOUNT_DISABLED');
});

test('the mailbox decides: a reset takes over what a stranger registered on one’s address', async () => {
  const { person: stranger, user, linkToken } = await registerByLink(t);
  const hold = await logIn(t, stranger);
  const token = await linkFor(stranger);
  expect(await reset(token)).toBe('none');

  const owner = await logIn(t, { ...stranger, password: NEW });
  expect(owner.identity.user).toMatchObject({ id: user.id, isEmailVerified: true });
  expect(await refusalOf(t.authenticate(hold.accessToken))).toBe('TOKEN_INVALID');
  expect(await refusalOf(t.refresh({ refreshToken: hold.refreshToken }, testRequest()))).toBe('REFRESH_TOKEN_INVALID');
  expect(await refusalOf(login(t.deps, stranger, testRequest()))).toBe('INVALID_CREDENTIALS');
  expect(await confirmEmail(t.deps, { token: linkToken }, testRequest())).toEqual({ status: 'already_verified' });
  const entries = await t.deps.db.select().from(auditLog).where(eq(auditLog.userId, user.id)).orderBy(auditLog.id);
  expect(entries.map(({ event }) => event)).toEqual(
    expect.arrayContaining(['reset_asked', 'email_verified', 'reset_done']),
  );
});
