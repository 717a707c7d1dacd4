import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { register } from '../registration/register.ts';
import { createTestAuth, type TestAuth } from '../testing/create-test-auth.ts';
import { logIn, mailedResetToken, newPerson, type Person, registerByCode, tokenOf } from '../testing/people.ts';
import { testRequest } from '../testing/test-inputs.ts';
import { confirmPasswordReset } from '../password-reset/confirm-password-reset.ts';
import { sendVerification } from './send-verification.ts';
import { inspectVerificationLink, verifyEmail } from './verify-email.ts';

const ANDROID = 'Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0.0.0 Mobile Safari/537.36';

let t: TestAuth;
beforeAll(async () => {
  t = await createTestAuth();
});
afterAll(() => t.close());

const registerFrom = async (ip: string, userAgent: string | null): Promise<Person> => {
  const person = newPerson();
  await register(t.deps, person, testRequest({ ip, userAgent }));
  return person;
};

const mailTo = ({ email }: Person) => t.lastMail('verification-link', email);

const inspect = async (person: Person) =>
  inspectVerificationLink(t.deps, { token: tokenOf((await mailTo(person)).url) });

const storedFacts = async ({ email }: Person) => {
  const row = await t.deps.db.query.users.findFirst({ where: (users) => eq(users.email, email) });
  return [row?.registrationIp, row?.registrationUserAgent];
};

test('mail and link say who registered, when, with which device and from where', async () => {
  const person = await registerFrom('192.0.2.7', ANDROID);
  const at = t.clock.now().toISOString();
  expect(await mailTo(person)).toMatchObject({
    username: person.username,
    registration: { at, ip: '192.0.2.7', userAgent: ANDROID },
  });
  const facts = { registeredAt: at, ip: '192.0.2.7', browser: 'Chrome', system: 'Android' };
  expect(await inspect(person)).toEqual({ status: 'open', registration: { username: person.username, ...facts } });
});

test('a link that another device requested still describes the registration', async () => {
  const person = await registerFrom('192.0.2.8', ANDROID);
  const at = t.clock.now().toISOString();
  t.clock.advance(60);
  const elsewhere = testRequest({ ip: '203.0.113.9', userAgent: 'curl/8.5.0' });
  const { identity } = await logIn(t, person, elsewhere);
  await sendVerification(t.deps, identity.user, elsewhere);
  expect(await mailTo(person)).toMatchObject({ registration: { at, ip: '192.0.2.8', userAgent: ANDROID } });
  expect(await inspect(person)).toMatchObject({ registration: { registeredAt: at, ip: '192.0.2.8' } });
});

test('a device that is not known is null; nothing of its own text is returned', async () => {
  const nothing = await registerFrom('192.0.2.9', null);
  expect((await mailTo(nothing)).registration).toEqual({ at: t.clock.now().toISOString(), ip: '192.0.2.9' });
  expect(await inspect(nothing)).toMatchObject({ registration: { browser: null, system: null } });
  const hostile = await registerFrom('192.0.2.9', 'Call evil.example/1 <b>now</b>');
  expect(await inspect(hostile)).toMatchObject({ registration: { browser: null, system: null } });
});

test('the address and the device of a registration are removed once its email is verified, and not kept for codes', async () => {
  const byLink = await registerFrom('192.0.2.10', ANDROID);
  expect(await storedFacts(byLink)).toEqual(['192.0.2.10', ANDROID]);
  await verifyEmail(t.deps, { token: tokenOf((await mailTo(byLink)).url) }, testRequest());
  expect(await storedFacts(byLink)).toEqual([null, null]);

  const byReset = await registerFrom('192.0.2.11', ANDROID);
  const token = await mailedResetToken(t, byReset);
  await confirmPasswordReset(t.deps, { token, newPassword: 'another quiet night' }, testRequest());
  expect(await storedFacts(byReset)).toEqual([null, null]);

  const { person } = await registerByCode(t);
  expect(await storedFacts(person)).toEqual([null, null]);
});
