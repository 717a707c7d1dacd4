import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestAuth, type TestAuth } from '../testing/create-test-auth.ts';
import { inParallel, refusalOf, registerByLink, registerVerified, tally, tokenOf, waitOf } from '../testing/people.ts';
import { testRequest } from '../testing/test-inputs.ts';
import { inspectVerificationLink } from './verify-email.ts';
import { sendVerification } from './send-verification.ts';

let t: TestAuth;
beforeAll(async () => {
  t = await createTestAuth();
});
afterAll(() => t.close());

test('the mail of a registration starts a cooldown of exactly 60 s', async () => {
  const { user } = await registerByLink(t);
  expect(await waitOf(sendVerification(t.deps, user, testRequest()))).toBe(60);
  t.clock.advance(59.999);
  expect(await waitOf(sendVerification(t.deps, user, testRequest()))).toBe(1);
  t.clock.advance(0.001);
  expect(await sendVerification(t.deps, user, testRequest())).toEqual({
    email: user.email,
    expiresIn: 900,
    retryAfter: 60,
  });
});

test('an email gets ten verification mails in 24 hours from one IP address, including that of the registration', async () => {
  const request = testRequest();
  const { user } = await registerByLink(t, request);
  for (let mails = 2; mails <= 10; mails += 1) {
    t.clock.advance(60);
    expect(await refusalOf(sendVerification(t.deps, user, request))).toBe('none');
  }
  t.clock.advance(60);
  expect(await waitOf(sendVerification(t.deps, user, request))).toBe(86_400 - 600);
  t.clock.advance(86_400 - 600.001);
  expect(await waitOf(sendVerification(t.deps, user, request))).toBe(1);
  t.clock.advance(0.001);
  expect(await refusalOf(sendVerification(t.deps, user, request))).toBe('none');
});

test('of parallel sends exactly one is allowed', async () => {
  const { user } = await registerByLink(t);
  t.clock.advance(60);
  const outcomes = await inParallel(8, () => refusalOf(sendVerification(t.deps, user, testRequest())));
  expect(tally(outcomes)).toEqual({ none: 1, RATE_LIMITED: 7 });
});

test('parallel sends leave exactly one valid link, also without a cooldown', async () => {
  const limits = { ...t.deps.settings.limits, mailCooldownSeconds: 0 };
  const deps = { ...t.deps, settings: { ...t.deps.settings, limits } };
  const { user } = await registerByLink(t);
  const outcomes = await inParallel(6, () => refusalOf(sendVerification(deps, user, testRequest())));
  expect(tally(outcomes)).toEqual({ none: 6 });
  const links = (await t.mails()).flatMap((mail) =>
    mail.kind === 'verification-link' && mail.to === user.email ? [tokenOf(mail.url)] : [],
  );
  expect(links).toHaveLength(7);
  const states = await Promise.all(links.map((token) => refusalOf(inspectVerificationLink(t.deps, { token }))));
  expect(tally(states)).toEqual({ none: 1, LINK_INVALID: 6 });
});

test('a verified account is EMAIL_ALREADY_VERIFIED, without a mail and without a cooldown', async () => {
  const { user } = await registerVerified(t);
  const verified = { ...user, isEmailVerified: true };
  const before = await t.mails();
  expect(await refusalOf(sendVerification(t.deps, verified, testRequest()))).toBe('EMAIL_ALREADY_VERIFIED');
  expect(await t.mails()).toEqual(before);
});

test('one IP address can cause exactly its limit of mails in an hour', async () => {
  const request = testRequest();
  const limits = { ...t.deps.settings.limits, mailsPerIpPerHour: 3 };
  const deps = { ...t.deps, settings: { ...t.deps.settings, limits } };
  const accounts = await inParallel(6, () => registerByLink(t));
  t.clock.advance(60);
  const outcomes = await Promise.all(accounts.map(({ user }) => refusalOf(sendVerification(deps, user, request))));
  expect(tally(outcomes)).toEqual({ none: 3, RATE_LIMITED: 3 });
  // A refused call is not counted, so it started no cooldown for those emails.
  const refused = accounts.filter((_, index) => outcomes[index] === 'RATE_LIMITED');
  for (const { user } of refused) expect(await refusalOf(sendVerification(deps, user, testRequest()))).toBe('none');
});
