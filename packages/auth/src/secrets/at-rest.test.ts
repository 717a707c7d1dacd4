import { afterAll, beforeAll, expect, test } from 'vitest';
import { changePassword } from '../account/change-password.ts';
import { sendCode } from '../codes/send-code.ts';
import { createMailDelivery } from '../outbox/mail-delivery.ts';
import type { Mail } from '@moonlight/contracts';
import { confirmPasswordReset } from '../password-reset/confirm-password-reset.ts';
import { sendPasswordReset } from '../password-reset/send-password-reset.ts';
import { register } from '../registration/register.ts';
import { login } from '../sessions/login.ts';
import { createTestAuth, type TestAuth } from '../testing/create-test-auth.ts';
import { dumpTables } from '../testing/read-tables.ts';
import { logIn, newPerson, refusalOf, registerByLink, solved, tokenOf } from '../testing/people.ts';
import { testRequest } from '../testing/test-inputs.ts';
import { verifyEmail } from '../email-verification/verify-email.ts';

let t: TestAuth;
beforeAll(async () => {
  t = await createTestAuth({ altcha: true });
});
afterAll(() => t.close());

/** Uses every feature that handles secrets, and returns the tokens, codes and passwords that were used. */
const useEveryFeature = async (): Promise<string[]> => {
  const secrets: string[] = [];
  const { person, linkToken } = await registerByLink(t);
  const { email, username, password } = person;
  secrets.push(password, linkToken, 'the wrong password');
  await refusalOf(login(t.deps, { email, password: 'the wrong password' }, testRequest()));
  const { accessToken, refreshToken, identity } = await logIn(t, person);
  secrets.push(accessToken, refreshToken);
  secrets.push((await t.refresh({ refreshToken }, testRequest())).refreshToken);
  await verifyEmail(t.deps, { token: linkToken }, testRequest());

  const captcha = await solved(t);
  await sendPasswordReset(t.deps, { email, captcha }, testRequest());
  secrets.push(captcha, tokenOf((await t.lastMail('reset-link', email)).url));
  const input = { currentPassword: password, newPassword: 'changed by its owner' };
  await changePassword(t.deps, { input, identity }, testRequest());
  t.clock.advance(60);
  await sendCode(t.deps, { email, type: 'reset_password' }, testRequest());
  const { code } = await t.lastMail('reset-code', email);
  const byCode = { email, code, newPassword: 'reset by its owner' };
  await confirmPasswordReset(t.deps, byCode, testRequest());
  secrets.push(input.newPassword, byCode.newPassword, code);

  const newcomer = newPerson();
  await sendCode(t.deps, { email: newcomer.email, type: 'register' }, testRequest());
  const { code: other } = await t.lastMail('verification-code', newcomer.email);
  await refusalOf(register(t.deps, { ...newcomer, username, code: other }, testRequest()));
  await register(t.deps, { ...newcomer, code: other }, testRequest());
  return [...secrets, other, newcomer.password];
};

const allTables = async () => JSON.stringify(await dumpTables(t.deps.db));

test('no table contains a raw token, code or password', async () => {
  const secrets = await useEveryFeature();
  const tables = await allTables();
  // Hashes and times can contain the six digits of a code by chance, so a code is searched as a whole value.
  const found = secrets.filter((secret) => tables.includes(/^\d{6}$/.test(secret) ? `"${secret}"` : secret));
  expect(found).toEqual([]);
  expect(secrets).toHaveLength(13);
});

test('limits and spent captchas contain no email and no IP address', async () => {
  await useEveryFeature();
  const { 'public.limits': limits, 'public.spent_captchas': spent } = await dumpTables(t.deps.db);
  expect(limits?.length).toBeGreaterThan(5);
  expect(JSON.stringify([limits, spent]).toLowerCase()).not.toMatch(/example\.com|10\.\d+\.\d+\.\d+/);
});

test('after every mail was sent, no payload is left', async () => {
  await useEveryFeature();
  const sent: Mail[] = [];
  const sender = { send: async ({ mail }: { mail: Mail }) => void sent.push(mail) };
  const delivery = createMailDelivery({ ...t.deps, senders: { email: sender } });
  await delivery.drain();
  await delivery.close();
  expect(sent.length).toBeGreaterThan(5);
  const rows = (await dumpTables(t.deps.db))['public.outbox'] ?? [];
  expect(rows.filter((row) => !(row instanceof Object && 'payload' in row && row.payload === null))).toEqual([]);
});
