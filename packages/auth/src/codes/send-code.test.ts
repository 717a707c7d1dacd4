import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestAuth, type TestAuth } from '../testing/create-test-auth.ts';
import {
  inParallel,
  newPerson,
  refusalOf,
  registerByLink,
  registerVerified,
  solved,
  tally,
  waitOf,
} from '../testing/people.ts';
import { testRequest } from '../testing/test-inputs.ts';
import { sendCode } from './send-code.ts';

let t: TestAuth;
beforeAll(async () => {
  t = await createTestAuth({ altcha: true });
});
afterAll(() => t.close());

type Input = Parameters<typeof sendCode>[1];
const send = (input: Partial<Input> & { email: string }, request = testRequest()) =>
  sendCode(t.deps, { type: 'register', ...input }, request);

test('the answer contains the lifetime of the code and the cooldown', async () => {
  const { email } = newPerson();
  expect(await send({ email }, testRequest({ locale: 'zh-CN' }))).toEqual({ email, expiresIn: 600, retryAfter: 60 });
  expect(await t.lastMail('verification-code', email)).toMatchObject({ locale: 'zh-CN', expiresInMinutes: 10 });
});

test("a code to reset is mailed in the account's language, with the username", async () => {
  const { person } = await registerVerified(t);
  await send({ email: person.email.toUpperCase(), type: 'reset_password' }, testRequest({ locale: 'zh-CN' }));
  expect(await t.lastMail('reset-code', person.email)).toMatchObject({ locale: 'en', username: person.username });
});

test('the email must fit the purpose; otherwise nothing is mailed', async () => {
  const { person } = await registerVerified(t);
  const { email } = newPerson();
  const before = await t.mails();
  expect(await refusalOf(send({ email: person.email }))).toBe('EMAIL_TAKEN');
  expect(await refusalOf(send({ email, type: 'reset_password' }))).toBe('EMAIL_NOT_REGISTERED');
  expect(await t.mails()).toEqual(before);
  // EMAIL_TAKEN starts no cooldown; an unknown email does, because it is counted before the account is looked up.
  expect(await refusalOf(send({ email: person.email }))).toBe('EMAIL_TAKEN');
  expect(await refusalOf(send({ email, type: 'reset_password' }))).toBe('RATE_LIMITED');
});

test('an email gets exactly one code per 60 s, and ten in 24 hours from one IP address, for each purpose', async () => {
  const { email } = newPerson();
  const request = testRequest();
  const outcomes = await inParallel(10, () => refusalOf(send({ email }, request)));
  expect(tally(outcomes)).toEqual({ none: 1, RATE_LIMITED: 9 });
  for (let codes = 2; codes <= 10; codes += 1) {
    t.clock.advance(59.999);
    expect(await waitOf(send({ email: email.toLowerCase() }))).toBe(1);
    t.clock.advance(0.001);
    expect(await refusalOf(send({ email, captcha: await solved(t) }, request))).toBe('none');
  }
  t.clock.advance(60);
  expect(await waitOf(send({ email, captcha: await solved(t) }, request))).toBe(86_400 - 600);
  t.clock.advance(86_400 - 600);
  expect(await refusalOf(send({ email }, request))).toBe('none');
});

test('registering and resetting have separate cooldowns; reset links and reset codes share one', async () => {
  const { person } = await registerByLink(t);
  expect(await refusalOf(send({ email: person.email, type: 'reset_password' }))).toBe('none');
  expect(await waitOf(send({ email: person.email, type: 'reset_password' }))).toBe(60);
});

test('after exactly five codes for one IP address in 15 minutes a captcha is required', async () => {
  const request = testRequest();
  const outcomes = await inParallel(12, () => refusalOf(send({ email: newPerson().email }, request)));
  expect(tally(outcomes)).toEqual({ none: 5, CAPTCHA_REQUIRED: 7 });
  const { email } = newPerson();
  expect(await refusalOf(send({ email, captcha: 'nonsense' }, request))).toBe('CAPTCHA_INVALID');
  expect(await refusalOf(send({ email, captcha: await solved(t) }, request))).toBe('none');
  t.clock.advance(900);
  expect(await refusalOf(send({ email: newPerson().email }, request))).toBe('none');
});

test('calls that end with EMAIL_TAKEN count as well, and require a captcha after five', async () => {
  const { person } = await registerVerified(t);
  const request = testRequest();
  const outcomes = [];
  for (let tries = 0; tries < 8; tries += 1) outcomes.push(await refusalOf(send({ email: person.email }, request)));
  expect(tally(outcomes)).toEqual({ EMAIL_TAKEN: 5, CAPTCHA_REQUIRED: 3 });
});

test('after three codes to one email in 24 hours a captcha is required, from any IP address', async () => {
  const { email } = newPerson();
  for (let codes = 1; codes <= 3; codes += 1) {
    expect(await refusalOf(send({ email }))).toBe('none');
    t.clock.advance(60);
  }
  expect(await refusalOf(send({ email }))).toBe('CAPTCHA_REQUIRED');
  expect(await refusalOf(send({ email, captcha: await solved(t) }))).toBe('none');
});

test('a captcha is not spent by an earlier refusal, nor when none is required', async () => {
  const { email } = newPerson();
  const captcha = await solved(t);
  expect(await refusalOf(send({ email, captcha }))).toBe('none');
  expect(await refusalOf(send({ email, captcha }))).toBe('RATE_LIMITED');
  t.clock.advance(60);
  await send({ email });
  t.clock.advance(60);
  await send({ email });
  t.clock.advance(60);
  expect(await refusalOf(send({ email, captcha }))).toBe('none');
  t.clock.advance(60);
  expect(await refusalOf(send({ email, captcha }))).toBe('CAPTCHA_INVALID');
});

test('an IP address over its hourly limit gets RATE_LIMITED for every email', async () => {
  const limits = { ...t.deps.settings.limits, mailsPerIpPerHour: 2 };
  const deps = { ...t.deps, settings: { ...t.deps.settings, limits } };
  const request = testRequest();
  const { person } = await registerByLink(t);
  const from = (email: string) => sendCode(deps, { email, type: 'register' }, request);
  for (let codes = 0; codes < 2; codes += 1) await from(newPerson().email);
  expect(await waitOf(from(newPerson().email))).toBe(3600);
  expect(await refusalOf(from(person.email))).toBe('RATE_LIMITED');
});
