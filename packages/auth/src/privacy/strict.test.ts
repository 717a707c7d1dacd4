import { users } from '@moonlight/db';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AuthError } from '../auth-error.ts';
import { sendCode } from '../codes/send-code.ts';
import { verifyCode } from '../codes/verify-code.ts';
import { confirmPasswordReset } from '../password-reset/confirm-password-reset.ts';
import { sendPasswordReset } from '../password-reset/send-password-reset.ts';
import { checkEmail, register } from '../registration/register.ts';
import { login } from '../sessions/login.ts';
import { createTestAuth, type TestAuth } from '../testing/create-test-auth.ts';
import { dumpTables } from '../testing/read-tables.ts';
import { newPerson, refusalOf, registerByCode, registerByLink, wrongCode } from '../testing/people.ts';
import { testRequest } from '../testing/test-inputs.ts';

let t: TestAuth;
/** The same service with open privacy, to register accounts by link that are never verified. */
let open: TestAuth;
beforeAll(async () => {
  t = await createTestAuth({ settings: { accounts: { privacy: 'strict' } } });
  open = await createTestAuth({ database: t.database, clock: t.clock });
});
afterAll(async () => {
  await open.close();
  await t.close();
});

/** Everything that a caller could compare, except the response time; and the statements, which determine the time. */
const traceOf = async (call: Promise<unknown>) => {
  t.statements();
  const answer = await call.catch((error: unknown) => {
    if (error instanceof AuthError) return { code: error.code, retryAfter: error.retryAfter, details: error.details };
    throw error;
  });
  return { answer, statements: t.statements() };
};

/** Makes a call for each email in several rounds, and returns the trace of each email. */
const traces = async (emails: readonly string[], call: (email: string) => Promise<unknown>, rounds = 1) => {
  const seen = emails.map(() => '');
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, email] of emails.entries()) {
      const trace = JSON.stringify(await traceOf(call(email)));
      seen[index] += trace.replaceAll(email, 'the email').replaceAll(email.toLowerCase(), 'the email');
    }
    t.clock.advance(7);
  }
  return seen;
};

const expectAlike = async (...parameters: Parameters<typeof traces>) => {
  const [first, ...others] = await traces(...parameters);
  expect(others).toEqual(others.map(() => first));
};

test('check-email is NOT_FOUND for every email, without a limit', async () => {
  const { person } = await registerByCode(t);
  const request = testRequest();
  for (let times = 0; times < 70; times += 1)
    expect(await refusalOf(checkEmail(t.deps, { email: person.email }, request))).toBe('NOT_FOUND');
});

test('registering requires a code; without one no account is looked up and nothing is written', async () => {
  const { person } = await registerByCode(t);
  const before = await dumpTables(t.deps.db);
  for (const email of [person.email, newPerson().email]) {
    const { answer, statements } = await traceOf(register(t.deps, { ...newPerson(), email }, testRequest()));
    expect(answer).toMatchObject({ code: 'VALIDATION_FAILED', details: [{ path: 'code' }] });
    expect(statements).toEqual([]);
  }
  expect(await dumpTables(t.deps.db)).toEqual(before);
});

test('without the right code a caller cannot find out whether an email or a username is taken', async () => {
  const { person } = await registerByCode(t);
  const emails = [person.email, newPerson().email];
  t.clock.advance(60);
  await expectAlike(emails, (email) => sendCode(t.deps, { email, type: 'register' }, testRequest()));
  const request = testRequest();
  const guess = (username: string) => (email: string) =>
    register(t.deps, { email, username, password: person.password, code: '000000' }, request);
  // With a taken username and a free one, until the attempts are used up.
  await expectAlike(emails, guess(person.username), 3);
  await expectAlike(emails, guess(newPerson().username), 4);
  expect(await refusalOf(guess(person.username)(person.email))).toBe('CODE_ATTEMPTS_EXCEEDED');
});

test('USERNAME_TAKEN comes after the right code, which it does not consume', async () => {
  const { person } = await registerByCode(t);
  const newcomer = newPerson();
  await sendCode(t.deps, { email: newcomer.email, type: 'register' }, testRequest());
  const { code } = await t.lastMail('verification-code', newcomer.email);
  const registering = (username: string) => refusalOf(register(t.deps, { ...newcomer, username, code }, testRequest()));
  expect(await registering(person.username.toLowerCase())).toBe('USERNAME_TAKEN');
  expect(await registering(newcomer.username)).toBe('none');
});

test('send-code gives the same answers for known and unknown emails, and mails a notice to the owner', async () => {
  const { person } = await registerByCode(t);
  const { email: unknown } = newPerson();
  t.clock.advance(60);
  for (const type of ['register', 'reset_password'] as const)
    await expectAlike([person.email, unknown], (email) => sendCode(t.deps, { email, type }, testRequest()), 3);
  const links = { loginUrl: 'https://app.example.com/login', resetUrl: 'https://app.example.com/forgot-password' };
  expect(await t.lastMail('account-exists', person.email)).toMatchObject({ username: person.username, ...links });
  expect(await t.lastMail('verification-code', unknown)).toMatchObject({ code: expect.any(String) });
  expect(await t.lastMail('reset-code', person.email)).toMatchObject({ code: expect.any(String) });
  const registerUrl = 'https://app.example.com/register';
  expect(await t.lastMail('no-account', unknown)).toMatchObject({ to: unknown, registerUrl });
});

test('sending a reset link gives the same answers for known and unknown emails, and mails a notice', async () => {
  const { person } = await registerByCode(t);
  const { email: unknown } = newPerson();
  await expectAlike([person.email, unknown], (email) => sendPasswordReset(t.deps, { email }, testRequest()), 3);
  expect(await t.lastMail('reset-link', person.email)).toMatchObject({ url: expect.any(String) });
  expect(await t.lastMail('no-account', unknown)).toMatchObject({ to: unknown });
});

test('wrong codes get the same answers for known and unknown emails, also after the last attempt', async () => {
  const { person } = await registerByCode(t);
  const emails = [person.email, newPerson().email];
  t.clock.advance(60);
  for (const type of ['register', 'reset_password'] as const) {
    for (const email of emails) await sendCode(t.deps, { email, type }, testRequest());
    const sent = (await t.mails()).findLast((mail) => 'code' in mail && emails.includes(mail.to));
    const code = wrongCode(sent !== undefined && 'code' in sent ? sent.code : '');
    const request = testRequest();
    await expectAlike(emails, (email) => verifyCode(t.deps, { email, code, type }, request), 4);
    const byCode = (email: string) =>
      confirmPasswordReset(t.deps, { email, code, newPassword: 'a calm new morning' }, request);
    if (type === 'reset_password') await expectAlike(emails, byCode, 3);
    expect(await refusalOf(verifyCode(t.deps, { email: person.email, code, type }, request))).toMatch(/^CODE_/);
  }
});

test('a login to an unverified account, disabled or not, gets the same answers, waits and statements as an unknown one', async () => {
  const { person: unverified } = await registerByLink(open);
  const { person: disabled } = await registerByLink(open);
  await open.deps.db.update(users).set({ isActive: false }).where(eq(users.email, disabled.email));
  const passwords = new Map([unverified, disabled].map(({ email, password }) => [email, password]));
  const emails = [...passwords.keys(), newPerson().email];
  const requests = new Map(emails.map((email) => [email, testRequest()]));
  const logIn = (email: string) =>
    login(t.deps, { email, password: passwords.get(email) ?? 'whatever it is' }, requests.get(email) ?? testRequest());
  await expectAlike(emails, logIn, 9);
  expect(await refusalOf(logIn(unverified.email))).toBe('INVALID_CREDENTIALS');
});
