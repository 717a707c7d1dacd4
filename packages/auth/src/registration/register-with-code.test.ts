import { auditLog, sessions, users, verificationCodes } from '@moonlight/db';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sendCode } from '../codes/send-code.ts';
import { verifyCode } from '../codes/verify-code.ts';
import { verifyEmail } from '../email-verification/verify-email.ts';
import { createTestAuth, type TestAuth } from '../testing/create-test-auth.ts';
import {
  inParallel,
  newPerson,
  type Person,
  refusalOf,
  registerByLink,
  tally,
  tokenOf,
  wrongCode,
} from '../testing/people.ts';
import { testRequest } from '../testing/test-inputs.ts';
import { register } from './register.ts';

let t: TestAuth;
beforeAll(async () => {
  t = await createTestAuth();
});
afterAll(() => t.close());

const withCode = async (): Promise<Person & { code: string }> => {
  const person = newPerson();
  await sendCode(t.deps, { email: person.email, type: 'register' }, testRequest());
  return { ...person, code: (await t.lastMail('verification-code', person.email)).code };
};
const registering = (input: Person & { code: string }, request = testRequest()) =>
  refusalOf(register(t.deps, input, request));

test('a new account is verified and logged in, and no link is mailed', async () => {
  const input = await withCode();
  const mailsBefore = (await t.mails()).length;
  const { user, tokens } = await register(t.deps, input, testRequest());
  const now = t.clock.now().toISOString();
  expect(user).toMatchObject({ email: input.email, isEmailVerified: true, emailVerifiedAt: now });
  expect((await t.authenticate(tokens?.accessToken)).user).toEqual(user);
  expect(await refusalOf(t.refresh({ refreshToken: tokens?.refreshToken ?? '' }, testRequest()))).toBe('none');
  expect(await t.mails()).toHaveLength(mailsBefore);
  const entries = await t.deps.db.select().from(auditLog).where(eq(auditLog.userId, user.id)).orderBy(auditLog.id);
  expect(entries.map(({ event }) => event).toSorted()).toEqual(['email_verified', 'registered']);
});

test('verifying the code does not consume it; registering does', async () => {
  const input = await withCode();
  expect(await verifyCode(t.deps, { ...input, type: 'register' }, testRequest())).toEqual({ valid: true });
  expect(await registering(input)).toBe('none');
  expect(await refusalOf(verifyCode(t.deps, { ...input, type: 'register' }, testRequest()))).toBe('CODE_INVALID');
});

test('a wrong code, an expired one and one of another email are refused, and wrong attempts count', async () => {
  const input = await withCode();
  const accounts = await t.deps.db.$count(users);
  const request = testRequest();
  for (let tries = 1; tries <= 5; tries += 1)
    expect(await registering({ ...input, code: wrongCode(input.code) }, request)).toBe('CODE_INVALID');
  expect(await registering(input, request)).toBe('CODE_ATTEMPTS_EXCEEDED');
  const late = await withCode();
  expect(await registering({ ...newPerson(), code: late.code })).toBe('CODE_INVALID');
  t.clock.advance(600);
  expect(await registering(late)).toBe('CODE_EXPIRED');
  expect(await t.deps.db.$count(users)).toBe(accounts);
});

test('of parallel registrations with one code exactly one succeeds, also with different usernames', async () => {
  const input = await withCode();
  const before = await t.deps.db.$count(sessions);
  const outcomes = await inParallel(8, (index) =>
    registering({ ...input, username: index % 2 === 0 ? input.username : newPerson().username }),
  );
  const { none, CODE_INVALID = 0, EMAIL_TAKEN = 0, ...others } = tally(outcomes);
  expect({ none, lost: CODE_INVALID + EMAIL_TAKEN, others }).toEqual({ none: 1, lost: 7, others: {} });
  expect(await t.deps.db.$count(sessions)).toBe(before + 1);
});

test('a reserved username is USERNAME_TAKEN only after the right code, and does not consume it', async () => {
  const input = await withCode();
  const reserved = { ...input, username: 'admin' };
  expect(await registering({ ...reserved, code: wrongCode(input.code) })).toBe('CODE_INVALID');
  expect(await registering(reserved)).toBe('USERNAME_TAKEN');
  expect(await registering(input)).toBe('none');
});

test('USERNAME_TAKEN comes only after the right code, and does not consume it', async () => {
  const { person } = await registerByLink(t);
  const input = { ...(await withCode()), username: person.username.toUpperCase() };
  expect(await registering({ ...input, code: wrongCode(input.code) })).toBe('CODE_INVALID');
  expect(await registering(input)).toBe('USERNAME_TAKEN');
  expect(await registering({ ...input, username: newPerson().username })).toBe('none');
});

test('of two codes with one username exactly one succeeds; the other code stays valid', async () => {
  const rivals = [await withCode(), await withCode()].map((each) => ({ ...each, username: 'The_Same_Name' }));
  const outcomes = await Promise.all(rivals.map((rival) => registering(rival)));
  expect(tally(outcomes)).toEqual({ none: 1, USERNAME_TAKEN: 1 });
  const loser = rivals[outcomes.indexOf('USERNAME_TAKEN')];
  if (loser === undefined) throw new Error('both succeeded');
  expect(await registering({ ...loser, username: newPerson().username })).toBe('none');
});

test('an email that was registered by link and verified since is EMAIL_TAKEN', async () => {
  const { code, ...person } = await withCode();
  const input = { ...person, code };
  await register(t.deps, person, testRequest());
  const { url } = await t.lastMail('verification-link', person.email);
  await verifyEmail(t.deps, { token: tokenOf(url) }, testRequest());
  expect(await registering({ ...input, username: newPerson().username })).toBe('EMAIL_TAKEN');
});

test('a common password does not count as an attempt with the code', async () => {
  const input = await withCode();
  for (let tries = 0; tries < 6; tries += 1)
    expect(await registering({ ...input, password: 'Password123' })).toBe('PASSWORD_TOO_COMMON');
  const [row] = await t.deps.db
    .select()
    .from(verificationCodes)
    .where(eq(verificationCodes.email, input.email.toLowerCase()));
  expect(row?.attempts).toBe(0);
});
