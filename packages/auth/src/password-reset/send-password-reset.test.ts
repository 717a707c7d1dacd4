import { passwordResets } from '@moonlight/db';
import { eq } from 'drizzle-orm';
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
  tokenOf,
  waitOf,
} from '../testing/people.ts';
import { testRequest } from '../testing/test-inputs.ts';
import { hashLinkToken } from '../tokens/opaque-tokens.ts';
import { sendPasswordReset } from './send-password-reset.ts';

let t: TestAuth;
beforeAll(async () => {
  t = await createTestAuth({ altcha: true });
});
afterAll(() => t.close());

const send = async (email: string, captcha?: string, request = testRequest()) =>
  sendPasswordReset(t.deps, { email, captcha: captcha ?? (await solved(t)) }, request);

test('a link is mailed in the language of the account, and stored only as its SHA-256', async () => {
  const { person, user } = await registerVerified(t);
  const { email } = person;
  expect(await send(email)).toEqual({ email, expiresIn: 1800, retryAfter: 60 });
  const mail = await t.lastMail('reset-link', email);
  expect(mail).toMatchObject({ username: person.username, locale: 'en', expiresInMinutes: 30 });
  expect(mail.url).toMatch(/^https:\/\/app\.example\.com\/reset-password\?token=[\w-]{43}$/);
  const rows = await t.deps.db.select().from(passwordResets).where(eq(passwordResets.userId, user.id));
  expect(rows.map(({ tokenHash }) => tokenHash)).toEqual([hashLinkToken(tokenOf(mail.url))]);
});

test('a captcha is always required, and a solution is accepted once', async () => {
  const { person } = await registerByLink(t);
  const bare = sendPasswordReset(t.deps, { email: person.email }, testRequest());
  expect(await refusalOf(bare)).toBe('CAPTCHA_REQUIRED');
  expect(await refusalOf(send(person.email, 'nonsense'))).toBe('CAPTCHA_INVALID');
  const captcha = await solved(t);
  expect(await refusalOf(send(person.email, captcha))).toBe('none');
  expect(await refusalOf(send((await registerByLink(t)).person.email, captcha))).toBe('CAPTCHA_INVALID');
});

test('a wrong captcha does not count as a mail, and a refusal by the cooldown spends no captcha', async () => {
  const { person } = await registerByLink(t);
  for (let tries = 0; tries < 12; tries += 1) await refusalOf(send(person.email, 'nonsense'));
  expect(await refusalOf(send(person.email))).toBe('none');
  const captcha = await solved(t);
  expect(await refusalOf(send(person.email, captcha))).toBe('RATE_LIMITED');
  t.clock.advance(60);
  expect(await refusalOf(send(person.email, captcha))).toBe('none');
});

test('an email, known or not, gets exactly one mail per 60 s, and ten in 24 hours from one IP address', async () => {
  for (const email of [(await registerVerified(t)).person.email, newPerson().email]) {
    const request = testRequest();
    const sendAgain = () => send(email, undefined, request);
    const outcomes = await inParallel(6, () => refusalOf(sendAgain()));
    expect(tally(outcomes)).toMatchObject({ RATE_LIMITED: 5 });
    for (let mails = 2; mails <= 10; mails += 1) {
      t.clock.advance(60);
      await refusalOf(sendAgain());
      expect(await waitOf(sendAgain())).toBe(mails === 10 ? 86_400 - 540 : 60);
    }
  }
});

test('an unknown email is EMAIL_NOT_REGISTERED in open privacy, and nothing is mailed', async () => {
  const before = await t.mails();
  expect(await refusalOf(send(newPerson().email))).toBe('EMAIL_NOT_REGISTERED');
  expect(await t.mails()).toEqual(before);
});

test('parallel sends leave exactly one valid link, also without a cooldown', async () => {
  const limits = { ...t.deps.settings.limits, mailCooldownSeconds: 0 };
  const deps = { ...t.deps, captcha: null, settings: { ...t.deps.settings, limits } };
  const { person, user } = await registerVerified(t);
  const outcomes = await inParallel(6, () =>
    refusalOf(sendPasswordReset(deps, { email: person.email }, testRequest())),
  );
  expect(tally(outcomes)).toEqual({ none: 6 });
  const rows = await t.deps.db.select().from(passwordResets).where(eq(passwordResets.userId, user.id));
  expect(rows.filter(({ replacedAt }) => replacedAt === null)).toHaveLength(1);
});
