import { auditLog, users } from '@moonlight/db';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { changePassword } from '../account/change-password.ts';
import { confirmPasswordReset } from '../password-reset/confirm-password-reset.ts';
import { register } from '../registration/register.ts';
import { login } from '../sessions/login.ts';
import { endOtherSessions, endSession, logout } from '../sessions/manage-sessions.ts';
import { createTestAuth, type TestAuth } from '../testing/create-test-auth.ts';
import { logIn, mailedResetCode, mailedResetToken, newPerson, refusalOf, registerByLink } from '../testing/people.ts';
import { testRequest } from '../testing/test-inputs.ts';
import { verifyEmail } from '../email-verification/verify-email.ts';

let t: TestAuth;
beforeAll(async () => {
  t = await createTestAuth();
});
beforeEach(async () => {
  await t.deps.db.delete(auditLog);
});
afterAll(() => t.close());

/** The entries since the start of the test: event, account and details. */
const recorded = async () =>
  (await t.deps.db.select().from(auditLog).orderBy(auditLog.id)).map(({ event, userId, details }) => ({
    event,
    userId,
    details,
  }));
const deleteEntries = () => t.deps.db.delete(auditLog);

test('an entry contains time, account, IP address, user agent and request id', async () => {
  const request = testRequest({ ip: '192.0.2.7', userAgent: 'Phone/1', requestId: 'req-42' });
  const { user } = await register(t.deps, newPerson(), request);
  const [entry] = await t.deps.db.select().from(auditLog);
  expect(entry).toEqual({
    id: expect.any(String),
    at: t.clock.now(),
    event: 'registered',
    userId: user.id,
    ip: '192.0.2.7',
    userAgent: 'Phone/1',
    requestId: 'req-42',
    details: null,
  });
});

test('verifying an email writes one entry', async () => {
  const { user, linkToken } = await registerByLink(t);
  await deleteEntries();
  for (let times = 0; times < 2; times += 1) await verifyEmail(t.deps, { token: linkToken }, testRequest());
  expect(await recorded()).toEqual([{ event: 'email_verified', userId: user.id, details: { by: 'link' } }]);
});

test('successful and failed logins write an entry, also those with an unknown email', async () => {
  const { person, user } = await registerByLink(t);
  await deleteEntries();
  const { identity } = await logIn(t, person);
  await refusalOf(login(t.deps, { ...person, password: 'wrong' }, testRequest()));
  await refusalOf(login(t.deps, { ...newPerson(), password: 'wrong' }, testRequest()));
  await t.deps.db.update(users).set({ isActive: false }).where(eq(users.id, user.id));
  await refusalOf(login(t.deps, person, testRequest()));
  const failed = (userId: string | null, reason: string) => ({ event: 'login_failed', userId, details: { reason } });
  const entries = await recorded();
  expect(entries).toHaveLength(4);
  expect(entries).toEqual(
    expect.arrayContaining([
      { event: 'login_succeeded', userId: user.id, details: { sessionId: identity.sessionId } },
      failed(user.id, 'INVALID_CREDENTIALS'),
      failed(null, 'INVALID_CREDENTIALS'),
      failed(user.id, 'ACCOUNT_DISABLED'),
    ]),
  );
});

test('every end of a session writes an entry: reuse, logout, revocation of one and of all others', async () => {
  const { person, user } = await registerByLink(t);
  const { identity } = await logIn(t, person);
  const [stolen, left, revoked] = [await logIn(t, person), await logIn(t, person), await logIn(t, person)];
  await logIn(t, person);
  await t.refresh({ refreshToken: stolen.refreshToken }, testRequest());
  t.clock.advance(10);
  await deleteEntries();
  await refusalOf(t.refresh({ refreshToken: stolen.refreshToken }, testRequest()));
  await logout(t.deps, { input: undefined, identity: left.identity }, testRequest());
  await endSession(t.deps, { input: { id: revoked.identity.sessionId }, identity }, testRequest());
  await endOtherSessions(t.deps, identity, testRequest());
  await endOtherSessions(t.deps, identity, testRequest());
  const ended = (event: string, details: object) => ({ event, userId: user.id, details });
  const entries = await recorded();
  expect(entries).toHaveLength(4);
  expect(entries).toEqual(
    expect.arrayContaining([
      ended('refresh_reused', { sessionId: stolen.identity.sessionId }),
      ended('logged_out', { sessionId: left.identity.sessionId }),
      ended('session_revoked', { sessionId: revoked.identity.sessionId }),
      ended('session_revoked', { keptSessionId: identity.sessionId, revoked: 1 }),
    ]),
  );
});

test('sending a reset and completing it write entries, by link and by code, also for the verified email', async () => {
  const { person, user } = await registerByLink(t);
  const { email } = person;
  await deleteEntries();
  const token = await mailedResetToken(t, person);
  await confirmPasswordReset(t.deps, { token, newPassword: 'a calm new morning' }, testRequest());
  t.clock.advance(60);
  const code = await mailedResetCode(t, person);
  await confirmPasswordReset(t.deps, { email, code, newPassword: 'a calm new evening' }, testRequest());
  const entry = (event: string, by: string) => ({ event, userId: user.id, details: { by } });
  const entries = await recorded();
  expect(entries).toHaveLength(5);
  expect(entries).toEqual(
    expect.arrayContaining([
      entry('reset_asked', 'link'),
      entry('email_verified', 'reset'),
      entry('reset_done', 'link'),
      entry('reset_asked', 'code'),
      entry('reset_done', 'code'),
    ]),
  );
});

test('a change of the password writes an entry, a refused one does not', async () => {
  const { person, user } = await registerByLink(t);
  const { identity } = await logIn(t, person);
  await deleteEntries();
  const change = (currentPassword: string) =>
    refusalOf(
      changePassword(t.deps, { input: { currentPassword, newPassword: 'a new one' }, identity }, testRequest()),
    );
  await change('wrong');
  await change(person.password);
  const details = { sessionId: identity.sessionId };
  expect(await recorded()).toEqual([{ event: 'password_changed', userId: user.id, details }]);
});

test('entries are kept when the account is deleted', async () => {
  const { user } = await registerByLink(t);
  await t.deps.db.delete(users).where(eq(users.id, user.id));
  expect(await recorded()).toMatchObject([{ event: 'registered', userId: user.id }]);
});
