import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestAuth, type TestAuth } from '../testing/create-test-auth.ts';
import {
  newPerson,
  refusalOf,
  sideBySide,
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

test('the answer says how long the code lives and when the next may be asked for', async () => {
  const { email } = newPerson();
  expect(await send({ email }, testRequest({ locale: 'zh-CN' }))).toEqual({ email, expiresIn: 600, retryAfter: 60 });
  expect(await t.lastMail('verification-code', email)).toMatchObject({ locale: 'zh-CN', expiresInMinutes: 10 });
});

test("a reset's code speaks the account's language and greets by name", async () => {
  const { person } = await registerVerified(t);
  await send({ email: person.email.toUpperCase(), type: 'reset_password' }, testRequest({ locale: 'zh-CN' }));
  expect(await t.lastMail('reset-code', person.email)).toMatchObject({ locale: 'en', username: person.username });
});

test('the address must fit the purpose, verified or not, and nothing is mailed where it does not', async () => {
  const { person } = await registerByLink(t);
  const { email } = newPerson();
  const before = await t.mails();
  expect(await refusalOf(send({ email: person.email }))).toBe('EMAIL_TAKEN');
  expect(await refusalOf(send({ email, type: 'reset_password' }))).toBe('EMAIL_NOT_REGISTERED');
  expect(await t.mails()).toEqual(before);
  // EMAIL_TAKEN meets no cooldown; an unknown address does, as it is counted before it is looked up.
  expect(await refusalOf(send({ email: person.email }))).toBe('EMAIL_TAKEN');
  expect(await refusalOf(send({ email, type: 'reset_password' }))).toBe('RATE_LIMITED');
});

test('one code per 60 s and ten in 24 hours, for each address and purpose, to the exact call', async () => {
  const { email } = newPerson();
  const outcomes = await sideBySide(10, () => refusalOf(send({ email })));
  expect(tally(outcomes)).toEqual({ none: 1, RATE_LIMITED: 9 });
  for (let codes = 2; codes <= 10; codes += 1) {
    t.clock.advance(59.999);
    expect(await waitOf(send({ email: email.toLowerCase() }))).toBe(1);
    t.clock.advance(0.001);
    expect(await refusalOf(send({ email, captcha: await solved(t) }))).toBe('none');
  }
  t.clock.advance(60);
  const captcha = await solved(t);
  expect(await waitOf(send({ email, captcha }))).toBe(86_400 - 600);
  t.clock.advance(86_400 - 600);
  expect(await refusalOf(send({ email }))).toBe('none');
});

test('registering and resetting have cooldowns of their own; reset links and reset codes share one', async () => {
  const { person } = await registerByLink(t);
  expect(await refusalOf(send({ email: person.email, type: 'reset_password' }))).toBe('none');
  expect(await waitOf(send({ email: person.email, type: 'reset_password' }))).toBe(60);
});

test('after five codes from one IP address in 15 minutes a captcha is asked for, to the exact call', async () => {
  const request = testRequest();
  const outcomes = await sideBySide(12, () => refusalOf(send({ email: newPerson().email }, request)));
  expect(tally(outcomes)).toEqual({ none: 5, CAPTCHA_REQUIRED: 7 });
  const { email } = newPerson();
  expect(await refusalOf(send({ email, captcha: 'nonsense' }, request))).toBe('CAPTCHA_INVALID');
  expect(await refusalOf(send({ email, captcha: await solved(t) }, request))).toBe('none');
  t.clock.advance(900);
  expect(await refusalOf(send({ email: newPerson().email }, request))).toBe('none');
});

test('asking which addresses are taken needs a captcha after five questions, too', async () => {
  const { person } = await registerByLink(t);
  const request = testRequest();
  const outcomes = [];
  for (let tries = 0; tries < 8; tries += 1) outcomes.push(await refusalOf(send({ email: person.email }, request)));
  expect(tally(outcomes)).toEqual({ EMAIL_TAKEN: 5, CAPTCHA_REQUIRED: 3 });
});

test('after three codes to one address in 24 hours a captcha is asked for, wherever the call comes from', async () => {
  const { email } = newPerson();
  for (let codes = 1; codes <= 3; codes += 1) {
    expect(await refusalOf(send({ email }))).toBe('none');
    t.clock.advance(60);
  }
  expect(await refusalOf(send({ email }))).toBe('CAPTCHA_REQUIRED');
  expect(await refusalOf(send({ email, captcha: await solved(t) }))).toBe('none');
});

test('a captcha is not spent by a refusal that comes before it, nor where none was asked for', async () => {
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

test('past its mails per hour an IP address is told nothing but to wait', async () => {
  const limits = { ...t.deps.settings.limits, mailsPerIpPerHour: 2 };
  const deps = { ...t.deps, settings: { ...t.deps.settings, limits } };
  const request = testRequest();
  const { person } = await registerByLink(t);
  const from = (email: string) => sendCode(deps, { email, type: 'register' }, request);
  for (let codes = 0; codes < 2; codes += 1) await from(newPerson().email);
  expect(await waitOf(from(newPerson().email))).toBe(3600);
  expect(await refusalOf(from(person.email))).toBe('RATE_LIMITED');
});
