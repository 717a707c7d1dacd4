import { auditLog, emailVerifications } from '@moonlight/db';
import { and, eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestAuth, type TestAuth } from '../testing/create-test-auth.ts';
import { inParallel, logIn, refusalOf, registerByLink, tally, tokenOf } from '../testing/people.ts';
import { testRequest } from '../testing/test-inputs.ts';
import { hashLinkToken } from '../tokens/opaque-tokens.ts';
import { verifyEmail, inspectVerificationLink } from './verify-email.ts';
import { sendVerification } from './send-verification.ts';

const MINUTES_15 = 900;
const YEARS = 365 * 86_400;

let t: TestAuth;
beforeAll(async () => {
  t = await createTestAuth();
});
afterAll(() => t.close());

const confirm = (token: string) => verifyEmail(t.deps, { token }, testRequest());

/** Sends another link, one minute later. */
const secondLink = async (person: Parameters<typeof logIn>[1]): Promise<string> => {
  const { identity } = await logIn(t, person);
  t.clock.advance(60);
  await sendVerification(t.deps, identity.user, testRequest());
  return tokenOf((await t.lastMail('verification-link', person.email)).url);
};

test('a link verifies its email; using it again is already_verified, however late', async () => {
  const { person, linkToken } = await registerByLink(t);
  expect(await confirm(linkToken)).toEqual({ status: 'verified' });
  const { identity } = await logIn(t, person);
  const verifiedAt = t.clock.now().toISOString();
  expect(identity.user).toMatchObject({ isEmailVerified: true, emailVerifiedAt: verifiedAt, updatedAt: verifiedAt });
  expect(await confirm(linkToken)).toEqual({ status: 'already_verified' });
  t.clock.advance(3 * YEARS);
  expect(await confirm(linkToken)).toEqual({ status: 'already_verified' });
});

test('a link expires after exactly 15 minutes', async () => {
  const { linkToken: early } = await registerByLink(t);
  t.clock.advance(MINUTES_15 - 0.001);
  expect(await confirm(early)).toEqual({ status: 'verified' });
  const { linkToken: late } = await registerByLink(t);
  t.clock.advance(MINUTES_15);
  expect(await refusalOf(confirm(late))).toBe('LINK_EXPIRED');
});

test('a new link invalidates the older one, also after both have expired', async () => {
  const { person, linkToken: older } = await registerByLink(t);
  const newer = await secondLink(person);
  expect(await refusalOf(confirm(older))).toBe('LINK_INVALID');
  t.clock.advance(MINUTES_15);
  expect(await refusalOf(confirm(older))).toBe('LINK_INVALID');
  expect(await refusalOf(confirm(newer))).toBe('LINK_EXPIRED');
});

test('replaced and expired links of a verified email are already_verified', async () => {
  const { person, linkToken: older } = await registerByLink(t);
  expect(await confirm(await secondLink(person))).toEqual({ status: 'verified' });
  expect(await confirm(older)).toEqual({ status: 'already_verified' });
  t.clock.advance(MINUTES_15);
  expect(await confirm(older)).toEqual({ status: 'already_verified' });
});

test('a link that was never mailed is invalid', async () => {
  expect(await refusalOf(confirm('A'.repeat(43)))).toBe('LINK_INVALID');
  expect(await refusalOf(inspectVerificationLink(t.deps, { token: "' or 1=1" }))).toBe('LINK_INVALID');
});

test('of ten parallel calls exactly one verifies, and there is one audit entry', async () => {
  const { user, linkToken } = await registerByLink(t);
  const outcomes = await inParallel(10, async () => (await confirm(linkToken)).status);
  expect(tally(outcomes)).toEqual({ verified: 1, already_verified: 9 });
  const entries = await t.deps.db
    .select()
    .from(auditLog)
    .where(and(eq(auditLog.userId, user.id), eq(auditLog.event, 'email_verified')));
  expect(entries).toHaveLength(1);
});

test('inspecting a link returns its state and does not use it', async () => {
  const { linkToken } = await registerByLink(t);
  t.statements();
  for (let scanner = 0; scanner < 10; scanner += 1)
    expect(await inspectVerificationLink(t.deps, { token: linkToken })).toMatchObject({ status: 'open' });
  expect(t.statements().filter((text) => /\b(update|insert|delete)\b/i.test(text))).toEqual([]);
  expect(await confirm(linkToken)).toEqual({ status: 'verified' });
  expect(await inspectVerificationLink(t.deps, { token: linkToken })).toEqual({
    status: 'already_verified',
    registration: null,
  });
  const { linkToken: late } = await registerByLink(t);
  t.clock.advance(MINUTES_15);
  expect(await refusalOf(inspectVerificationLink(t.deps, { token: late }))).toBe('LINK_EXPIRED');
});

test('a link is stored only as its SHA-256', async () => {
  const { user, linkToken } = await registerByLink(t);
  const rows = await t.deps.db.select().from(emailVerifications).where(eq(emailVerifications.userId, user.id));
  expect(rows.map(({ tokenHash }) => tokenHash)).toEqual([hashLinkToken(linkToken)]);
  expect(JSON.stringify(rows)).not.toContain(linkToken);
});
