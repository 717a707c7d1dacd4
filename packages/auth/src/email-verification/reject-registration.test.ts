import { auditLog } from '@moonlight/db';
import { and, eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { register } from '../registration/register.ts';
import { createTestAuth, type TestAuth } from '../testing/create-test-auth.ts';
import { inParallel, logIn, refusalOf, registerByLink, tally, tokenOf } from '../testing/people.ts';
import { testRequest } from '../testing/test-inputs.ts';
import { sendVerification } from './send-verification.ts';
import { rejectRegistration, verifyEmail } from './verify-email.ts';

const MINUTES_15 = 900;

let t: TestAuth;
beforeAll(async () => {
  t = await createTestAuth();
});
afterAll(() => t.close());

const reject = (token: string, request = testRequest()) => rejectRegistration(t.deps, { token }, request);
const confirm = (token: string) => verifyEmail(t.deps, { token }, testRequest());

test('rejecting removes a never-verified account, and its sessions end at once', async () => {
  const { person, linkToken } = await registerByLink(t);
  const attacker = await logIn(t, person);
  expect(await reject(linkToken)).toBeNull();
  expect(await refusalOf(t.authenticate(attacker.accessToken))).toBe('USER_NOT_FOUND');
  expect(await refusalOf(t.refresh({ refreshToken: attacker.refreshToken }, testRequest()))).toBe(
    'REFRESH_TOKEN_INVALID',
  );
  expect(await refusalOf(logIn(t, person))).toBe('INVALID_CREDENTIALS');
  expect(await refusalOf(reject(linkToken))).toBe('LINK_INVALID');
  expect(await refusalOf(confirm(linkToken))).toBe('LINK_INVALID');
});

test('afterwards the email and the username can be registered again', async () => {
  const { person, linkToken } = await registerByLink(t);
  await reject(linkToken);
  t.clock.advance(60);
  const { user } = await register(t.deps, { ...person, password: 'of the real owner' }, testRequest());
  expect(user).toMatchObject({ email: person.email, username: person.username });
});

test('the audit log keeps the event after the account is gone', async () => {
  const { user, linkToken } = await registerByLink(t);
  const request = testRequest();
  await reject(linkToken, request);
  const entries = await t.deps.db
    .select()
    .from(auditLog)
    .where(and(eq(auditLog.userId, user.id), eq(auditLog.event, 'registration_rejected')));
  expect(entries).toMatchObject([{ ip: request.ip, requestId: request.requestId }]);
});

test('a verified account is never removed', async () => {
  const { person, linkToken } = await registerByLink(t);
  const { accessToken } = await logIn(t, person);
  await confirm(linkToken);
  expect(await refusalOf(reject(linkToken))).toBe('EMAIL_ALREADY_VERIFIED');
  t.clock.advance(MINUTES_15);
  expect(await refusalOf(reject(linkToken))).toBe('EMAIL_ALREADY_VERIFIED');
  expect((await t.authenticate(accessToken)).user.isEmailVerified).toBe(true);
});

test('unknown, replaced and expired links are refused as by verifying', async () => {
  expect(await refusalOf(reject('A'.repeat(43)))).toBe('LINK_INVALID');
  const { person, linkToken: older } = await registerByLink(t);
  const { identity } = await logIn(t, person);
  t.clock.advance(60);
  await sendVerification(t.deps, identity.user, testRequest());
  const newer = tokenOf((await t.lastMail('verification-link', person.email)).url);
  expect(await refusalOf(reject(older))).toBe('LINK_INVALID');
  t.clock.advance(MINUTES_15);
  expect(await refusalOf(reject(newer))).toBe('LINK_EXPIRED');
});

test('of parallel calls that verify and reject, exactly one wins', async () => {
  for (let round = 0; round < 10; round += 1) {
    const { user, linkToken } = await registerByLink(t);
    const outcomes = await inParallel(6, (index) =>
      index % 2 === 0
        ? refusalOf(reject(linkToken)).then((code) => (code === 'none' ? 'rejected' : code))
        : confirm(linkToken).then(
            ({ status }) => status,
            (error: unknown) => refusalOf(Promise.reject(error)),
          ),
    );
    const counted = tally(outcomes);
    expect([
      { rejected: 1, LINK_INVALID: 5 },
      { verified: 1, already_verified: 2, EMAIL_ALREADY_VERIFIED: 3 },
    ]).toContainEqual(counted);
    const rows = await t.deps.db.query.users.findMany({ where: (users) => eq(users.id, user.id) });
    expect(rows).toHaveLength(counted['rejected'] === 1 ? 0 : 1);
  }
});

test('a new link that is sent while the account is removed is refused or invalidates the old one', async () => {
  for (let round = 0; round < 10; round += 1) {
    const { person, linkToken } = await registerByLink(t);
    const { identity } = await logIn(t, person);
    t.clock.advance(60);
    const outcomes = await Promise.all([
      refusalOf(sendVerification(t.deps, identity.user, testRequest())),
      refusalOf(reject(linkToken)),
    ]);
    expect([
      ['USER_NOT_FOUND', 'none'],
      ['none', 'LINK_INVALID'],
    ]).toContainEqual(outcomes);
  }
});
