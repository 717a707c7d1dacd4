import {
  auditLog,
  emailVerifications,
  limits,
  outbox,
  passwordResets,
  sessions,
  spentCaptchas,
  transaction,
  users,
  verificationCodes,
} from '@moonlight/db';
import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { sendCode } from '../codes/send-code.ts';
import { verifyEmail } from '../email-verification/verify-email.ts';
import { createMailDelivery } from '../outbox/mail-delivery.ts';
import { confirmPasswordReset } from '../password-reset/confirm-password-reset.ts';
import { sendPasswordReset } from '../password-reset/send-password-reset.ts';
import { newId, secondsAfter } from '../system.ts';
import { createTestAuth, type TestAuth } from '../testing/create-test-auth.ts';
import { logIn, newPerson, refusalOf, registerByLink, registerVerified, solved, tokenOf } from '../testing/people.ts';
import { testRequest } from '../testing/test-inputs.ts';
import { cleanUp } from './clean-up.ts';
import { removeExpiredRows } from './clean-up-store.ts';

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

test('accounts that were never verified or used are removed after 24 hours; all others are kept', async () => {
  const { person: expired } = await registerByLink(t);
  const { person: used } = await registerByLink(t);
  await logIn(t, used);
  await registerVerified(t);
  t.clock.advance(DAY - 0.001);
  expect((await cleanUp(t.deps))['users']).toBeUndefined();
  t.clock.advance(0.001);
  const { person: young } = await registerByLink(t);
  expect((await cleanUp(t.deps))['users']).toBe(1);
  const left = (await t.deps.db.select().from(users)).map(({ email }) => email);
  expect(left).toHaveLength(3);
  expect(left).not.toContain(expired.email);
  expect(left).toContain(young.email);
});

test('expired rows are removed when no answer depends on them any more', async () => {
  const { person } = await registerVerified(t);
  const { person: unverified } = await registerByLink(t);
  await logIn(t, unverified);
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
  // The used verification link is kept: it is already_verified, however late.
  expect(await rowsOf(emailVerifications)).toBe(1);
  expect(await rowsOf(limits)).toBe(0);

  t.clock.advance(330 * DAY);
  await cleanUp(t.deps);
  expect(await rowsOf(auditLog)).toBeGreaterThan(0);
  t.clock.advance(31 * DAY);
  await cleanUp(t.deps);
  expect(await rowsOf(auditLog)).toBe(0);
  expect(await rowsOf(users)).toBe(2);
});

test('used links are kept for ever', async () => {
  const { person, linkToken } = await registerByLink(t);
  await verifyEmail(t.deps, { token: linkToken }, testRequest());
  await sendPasswordReset(t.deps, { email: person.email, captcha: await solved(t) }, testRequest());
  const token = tokenOf((await t.lastMail('reset-link', person.email)).url);
  await confirmPasswordReset(t.deps, { token, newPassword: 'a calm new morning' }, testRequest());
  t.clock.advance(3 * 365 * DAY);
  await cleanUp(t.deps);
  expect(await verifyEmail(t.deps, { token: linkToken }, testRequest())).toEqual({ status: 'already_verified' });
  const again = confirmPasswordReset(t.deps, { token, newPassword: 'another new morning' }, testRequest());
  expect(await refusalOf(again)).toBe('LINK_USED');
  expect(await rowsOf(passwordResets)).toBe(1);
});

test('sent mails are removed after a week, pending ones never', async () => {
  const { person } = await registerByLink(t);
  const delivery = createMailDelivery({ ...t.deps, senders: { email: { send: async () => undefined } } });
  await delivery.drain();
  await delivery.close();
  await registerByLink(t);
  await logIn(t, person);
  t.clock.advance(7 * DAY + 0.001);
  expect((await cleanUp(t.deps))['outbox']).toBe(1);
  expect((await t.deps.db.select().from(outbox)).map(({ state }) => state)).toEqual(['pending']);
});

const addAuditRows = async (count: number) => {
  const at = secondsAfter(t.clock.now(), -400 * DAY);
  const row = () => ({ id: newId(t.deps.random, at), at, event: 'logged_out' });
  await t.deps.db.insert(auditLog).values(Array.from({ length: count }, row));
};

test('rows are removed in small batches, one statement each and with pauses, until none is left', async () => {
  await addAuditRows(1201);
  t.statements();
  const started = performance.now();
  expect(await cleanUp(t.deps)).toEqual({ audit_log: 1201 });
  const took = performance.now() - started;
  // Each of the two pauses takes 50 ms at least.
  expect(took).toBeGreaterThan(100);
  const deletions = t.statements().filter((text) => text.startsWith('delete from "audit_log"'));
  expect(deletions).toHaveLength(3);
  expect(deletions.every((text) => text.includes('skip locked'))).toBe(true);
});

test('a locked row is skipped, and the signal stops the clean-up between two batches', async () => {
  await addAuditRows(3);
  const [busy] = await t.deps.db.select().from(auditLog);
  await transaction(t.deps.db, async (tx) => {
    await tx
      .update(auditLog)
      .set({ ip: '192.0.2.1' })
      .where(eq(auditLog.id, busy?.id ?? ''))
      .returning();
    expect(await cleanUp(t.deps)).toEqual({ audit_log: 2 });
  });
  const stopped = new AbortController();
  stopped.abort();
  expect(await cleanUp(t.deps, stopped.signal)).toEqual({});
  expect(await cleanUp(t.deps)).toEqual({ audit_log: 1 });
});

test('two workers clean up in parallel, and each row is removed once', async () => {
  await addAuditRows(900);
  const removed = await Promise.all([cleanUp(t.deps), cleanUp(t.deps)]);
  const rest = await cleanUp(t.deps);
  const total = [...removed, rest].reduce((sum, each) => sum + (each['audit_log'] ?? 0), 0);
  expect(await rowsOf(auditLog)).toBe(0);
  expect(total).toBe(900);
});

// Counters and spent captchas expire to the millisecond, and are removed from that very moment on.
const removeFrom = async (name: 'limits' | 'spent_captchas', batch: number) =>
  removeExpiredRows(t.deps.db, t.deps, { name, batch });

test.each([
  {
    name: 'limits' as const,
    insert: (key: string, resetsAt: Date) => t.deps.db.insert(limits).values({ key, count: 1, resetsAt }),
    left: async () => (await t.deps.db.select().from(limits).orderBy(limits.resetsAt)).map(({ key }) => key),
  },
  {
    name: 'spent_captchas' as const,
    insert: (hash: string, expiresAt: Date) => t.deps.db.insert(spentCaptchas).values({ hash, expiresAt }),
    left: async () =>
      (await t.deps.db.select().from(spentCaptchas).orderBy(spentCaptchas.expiresAt)).map(({ hash }) => hash),
  },
])('of $name the oldest are removed first, exactly from their expiry on', async ({ name, insert, left }) => {
  for (const seconds of [0.001, 0, -1, -3, -2, 60]) await insert(`${seconds}`, secondsAfter(t.clock.now(), seconds));
  expect(await removeFrom(name, 2)).toBe(2);
  expect(await left()).toEqual(['-1', '0', '0.001', '60']);
  expect(await removeFrom(name, 10)).toBe(2);
  expect(await removeFrom(name, 10)).toBe(0);
  expect(await left()).toEqual(['0.001', '60']);
});

test('a counter that a call has locked is skipped', async () => {
  const resetsAt = t.clock.now();
  await t.deps.db.insert(limits).values(['a', 'b'].map((key) => ({ key, count: 1, resetsAt })));
  await transaction(t.deps.db, async (tx) => {
    await tx.update(limits).set({ count: 2 }).returning();
    expect(await removeFrom('limits', 10)).toBe(0);
  });
  expect(await removeFrom('limits', 10)).toBe(2);
});

test('parallel clean-ups remove each spent captcha once', async () => {
  const row = (_: unknown, n: number) => ({ hash: `${n}`, expiresAt: secondsAfter(t.clock.now(), -n) });
  await t.deps.db.insert(spentCaptchas).values(Array.from({ length: 100 }, row));
  const removed = await Promise.all([1, 2, 3].map(() => removeFrom('spent_captchas', 100)));
  expect(removed.reduce((sum, count) => sum + count)).toBe(100);
});
