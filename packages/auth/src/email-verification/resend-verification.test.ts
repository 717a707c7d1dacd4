import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { login } from '../sessions/login.ts';
import { createTestAuth, type TestAuth } from '../testing/create-test-auth.ts';
import {
  inParallel,
  newPerson,
  refusalOf,
  registerByLink,
  registerVerified,
  solved,
  tally,
  tokenOf,
  waitOf,
} from '../testing/people.ts';
import { testRequest } from '../testing/test-inputs.ts';
import { resendVerification } from './resend-verification.ts';
import { verifyEmail } from './verify-email.ts';

const MINUTES_15 = 900;

let t: TestAuth;
beforeAll(async () => {
  t = await createTestAuth({ altcha: true, settings: { accounts: { requireVerifiedEmail: true } } });
});
afterAll(() => t.close());

const resend = (email: string, captcha?: string, request = testRequest()) =>
  resendVerification(t.deps, { email, captcha }, request);
const confirm = (token: string) => verifyEmail(t.deps, { token }, testRequest());
const mailedLink = async (email: string) => tokenOf((await t.lastMail('verification-link', email)).url);

test('an account that must be verified before it can log in gets another link, verifies, and logs in', async () => {
  const { person, linkToken } = await registerByLink(t);
  const logIn = () => refusalOf(login(t.deps, { email: person.email, password: person.password }, testRequest()));
  t.clock.advance(MINUTES_15);
  expect(await refusalOf(confirm(linkToken))).toBe('LINK_EXPIRED');
  expect(await logIn()).toBe('EMAIL_NOT_VERIFIED');
  const email = person.email.toUpperCase();
  expect(await resend(email)).toEqual({ email, expiresIn: MINUTES_15, retryAfter: 60 });
  expect(await t.lastMail('verification-link', person.email)).toMatchObject({ username: person.username });
  expect(await refusalOf(confirm(linkToken))).toBe('LINK_INVALID');
  expect(await confirm(await mailedLink(person.email))).toEqual({ status: 'verified' });
  expect(await logIn()).toBe('none');
});

test('an unknown email is EMAIL_NOT_REGISTERED and starts a cooldown; a verified one has none', async () => {
  const { email } = newPerson();
  const { person } = await registerVerified(t);
  const before = await t.mails();
  expect(await refusalOf(resend(email))).toBe('EMAIL_NOT_REGISTERED');
  expect(await waitOf(resend(email))).toBe(60);
  for (let calls = 0; calls < 2; calls += 1)
    expect(await refusalOf(resend(person.email))).toBe('EMAIL_ALREADY_VERIFIED');
  expect(await t.mails()).toEqual(before);
});

test('the mail of the registration starts the cooldown; of parallel calls after it exactly one sends', async () => {
  const { person } = await registerByLink(t);
  expect(await waitOf(resend(person.email))).toBe(60);
  t.clock.advance(60);
  const outcomes = await inParallel(8, () => refusalOf(resend(person.email)));
  expect(tally(outcomes)).toEqual({ none: 1, RATE_LIMITED: 7 });
});

test('after three mails to an email in a day, that of the registration included, a captcha is required', async () => {
  const { person } = await registerByLink(t);
  for (let mails = 2; mails <= 3; mails += 1) {
    t.clock.advance(60);
    expect(await refusalOf(resend(person.email))).toBe('none');
  }
  t.clock.advance(60);
  expect(await refusalOf(resend(person.email))).toBe('CAPTCHA_REQUIRED');
  expect(await refusalOf(resend(person.email, 'nonsense'))).toBe('CAPTCHA_INVALID');
  expect(await refusalOf(resend(person.email, await solved(t)))).toBe('none');
});

test('after five calls of one IP address in 15 minutes a captcha is required', async () => {
  const request = testRequest();
  const outcomes = await inParallel(9, () => refusalOf(resend(newPerson().email, undefined, request)));
  expect(tally(outcomes)).toEqual({ EMAIL_NOT_REGISTERED: 5, CAPTCHA_REQUIRED: 4 });
});

describe('in strict privacy', () => {
  let strict: TestAuth;
  beforeAll(async () => {
    strict = await createTestAuth({
      database: t.database,
      clock: t.clock,
      settings: { accounts: { privacy: 'strict', requireVerifiedEmail: true } },
    });
  });
  afterAll(() => strict.close());

  const traceOf = async (email: string) => {
    const answers = [];
    const texts = [];
    for (let calls = 0; calls < 2; calls += 1) {
      strict.statements();
      const call = resendVerification(strict.deps, { email }, testRequest());
      answers.push(await call.catch((error: unknown) => String(error)));
      texts.push(strict.statements());
    }
    return JSON.stringify([answers, texts]).replaceAll(email, 'the email');
  };

  test('unverified, verified and unknown emails get the same answers after the same statements', async () => {
    const emails = [
      (await registerByLink(t)).person.email,
      (await registerVerified(t)).person.email,
      newPerson().email,
    ];
    t.clock.advance(60);
    const traces = [];
    for (const email of emails) traces.push(await traceOf(email));
    const [unverified, ...others] = traces;
    expect(unverified).toContain('RATE_LIMITED');
    expect(others).toEqual([unverified, unverified]);
  });

  test('only the mailbox gets the truth: a link, that there is an account, or that there is none', async () => {
    const { person: unverified } = await registerByLink(t);
    const { person: verified } = await registerVerified(t);
    const { email: unknown } = newPerson();
    t.clock.advance(60);
    for (const { email } of [unverified, verified, { email: unknown }])
      await resendVerification(strict.deps, { email }, testRequest());
    expect(await confirm(await mailedLink(unverified.email))).toEqual({ status: 'verified' });
    expect(await t.lastMail('account-exists', verified.email)).toMatchObject({ username: verified.username });
    expect(await t.lastMail('no-account', unknown)).toMatchObject({ to: unknown });
  });
});
