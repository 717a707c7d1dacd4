import {
  auditLog,
  emailVerifications,
  limits,
  outbox,
  passwordResets,
  sessions,
  spentCaptchas,
  users,
  verificationCodes,
} from '@moonlight/db';
import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { newId } from '../random.ts';
import { secondsAfter } from '../clock.ts';
import { sendCode } from '../codes/send-code.ts';
import { deliverMail } from '../outbox/deliver-mail.ts';
import { confirmPasswordReset } from '../password-reset/confirm-password-reset.ts';
import { sendPasswordReset } from '../password-reset/send-password-reset.ts';
import { createTestAuth, type TestAuth } from '../testing/create-test-auth.ts';
import { newPerson, refusalOf, signIn, signUp, signUpVerified, solved, tokenOf } from '../testing/people.ts';
import { testRequest } from '../testing/test-request.ts';
import { confirmEmail } from '../email-verification/confirm-email.ts';
import { cleanUp } from './clean-up.ts';

const DAY = 86_400;

let t: TestAuth;
beforeAll(async () => {
  t = await createTestAuth({ altcha: true });
});
beforeEach(async () => {
  await t.deps.db.execute(sql`truncate users, audit_log, outbox, limits, spent_captchas, verification_codes cascade`);
});
afterAll(() => t.close());

const rowsOf = (table: Parameters<typeof t.deps.db.$count>[0]) => t.deps.db.$count(table);

test('accounts that were never used go after 24 hours with all that is theirs; all others stay', async () => {
  const { person: gone } = await signUp(t);
  const { person: used } = await signUp(t);
  await signIn(t, used);
  await signUpVerified(t);
  t.clock.advance(DAY - 0.001);
  expect((await cleanUp(t.deps))['users']).toBeUndefined();
  t.clock.advance(0.001);
  const { person: young } = await signUp(t);
  expect((await cleanUp(t.deps))['users']).toBe(1);
  const left = (await t.deps.db.select().from(users)).map(({ email }) => email);
  expect(left).toHaveLength(3);
  expect(left).not.toContain(gone.email);
  expect(left).toContain(young.email);
});

test('expired rows go when they can tell nobody anything any more', async () => {
  const { person } = await signUpVerified(t);
  const { person: unverified } = await signUp(t);
  await signIn(t, unverified);
  await sendPasswordReset(t.deps, { email: person.email, captcha: await solved(t) }, testRequest());
  await sendCode(t.deps, { email: newPerson().email, type: 'register' }, testRequest());
  expect(await rowsOf(spentCaptchas)).toBe(1);
  expect(await cleanUp(t.deps)).toEqual({});

  t.clock.advance(2 * DAY);
  const soon = await cleanUp(t.deps);
  expect(Object.keys(soon).toSorted()).toEqual(['limits', 'spent_captchas', 'verification_codes']);
  for (const table of [verificationCodes, spentCaptchas]) expect(await rowsOf(table)).toBe(0);
  expect(await rowsOf(sessions)).toBe(1);

  t.clock.advance(36 * DAY);
  const later = await cleanUp(t.deps);
  expect(later).toMatchObject({ sessions: 1, password_resets: 1, email_verifications: 1 });
  // The used verification link stays: it is already_verified however late.
  expect(await rowsOf(emailVerifications)).toBe(1);
  expect(await rowsOf(limits)).toBe(0);

  t.clock.advance(330 * DAY);
  expect((await cleanUp(t.deps))['audit_log']).toBeGreaterThan(0);
  expect(await rowsOf(auditLog)).toBe(0);
  expect(await rowsOf(users)).toBe(2);
});

test('used links are known however late', async () => {
  const { person, linkToken } = await signUp(t);
  await confirmEmail(t.deps, { token: linkToken }, testRequest());
  await sendPasswordReset(t.deps, { email: person.email, captcha: await solved(t) }, testRequest());
  const token = tokenOf((await t.lastMail('reset-link', person.email)).url);
  await confirmPasswordReset(t.deps, { token, newPassword: 'a calm new morning' }, testRequest());
  t.clock.advance(3 * 365 * DAY);
  await cleanUp(t.deps);
  expect(await confirmEmail(t.deps, { token: linkToken }, testRequest())).toEqual({ status: 'already_verified' });
  const again = confirmPasswordReset(t.deps, { token, newPassword: 'another new morning' }, testRequest());
  expect(await refusalOf(again)).toBe('LINK_USED');
  expect(await rowsOf(passwordResets)).toBe(1);
});

test('mails that were sent are forgotten after a week, those that wait never', async () => {
  const { person } = await signUp(t);
  await signUp(t);
  const [first] = await t.deps.db.select().from(outbox).orderBy(outbox.id);
  expect(await deliverMail({ ...t.deps, sender: { send: async () => undefined } }, first?.id ?? '')).toBe('sent');
  await signIn(t, person);
  t.clock.advance(7 * DAY + 0.001);
  expect((await cleanUp(t.deps))['outbox']).toBe(1);
  expect((await t.deps.db.select().from(outbox)).map(({ state }) => state)).toEqual(['pending']);
});

const addAuditRows = async (count: number) => {
  const at = secondsAfter(t.clock.now(), -400 * DAY);
  const row = () => ({ id: newId(t.deps.random, at), at, event: 'logged_out' });
  await t.deps.db.insert(auditLog).values(Array.from({ length: count }, row));
};

test('rows go in small batches, each a statement of its own, until nothing is left', async () => {
  await addAuditRows(1201);
  t.statements();
  expect(await cleanUp(t.deps)).toEqual({ audit_log: 1201 });
  const deletions = t.statements().filter((text) => text.startsWith('delete from "audit_log"'));
  expect(deletions).toHaveLength(3);
  expect(deletions.every((text) => text.includes('skip locked'))).toBe(true);
});

test('a row somebody works on is passed over, and a stop is heard between two batches', async () => {
  await addAuditRows(3);
  const [busy] = await t.deps.db.select().from(auditLog);
  await t.deps.db.transaction(async (tx) => {
    await tx
      .update(auditLog)
      .set({ ip: '192.0.2.1' })
      .where(eq(auditLog.id, busy?.id ?? ''));
    expect(await cleanUp(t.deps)).toEqual({ audit_log: 2 });
  });
  const stopped = new AbortController();
  stopped.abort();
  expect(await cleanUp(t.deps, stopped.signal)).toEqual({});
  expect(await cleanUp(t.deps)).toEqual({ audit_log: 1 });
});

test('two workers clean up side by side without waiting for each other', async () => {
  await addAuditRows(900);
  const removed = await Promise.all([cleanUp(t.deps), cleanUp(t.deps)]);
  const total = removed.reduce((sum, each) => sum + (each['audit_log'] ?? 0), 0);
  await cleanUp(t.deps);
  expect(await rowsOf(auditLog)).toBe(0);
  expect(total).toBeGreaterThan(0);
});
