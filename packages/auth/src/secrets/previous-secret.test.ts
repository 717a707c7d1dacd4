import { outbox, sessions, signingKeys } from '@moonlight/db';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { verifyCode } from '../codes/verify-code.ts';
import { createMailDelivery } from '../outbox/mail-delivery.ts';
import { confirmPasswordReset } from '../password-reset/confirm-password-reset.ts';
import { sendPasswordReset } from '../password-reset/send-password-reset.ts';
import { logout } from '../sessions/manage-sessions.ts';
import { createTestAuth, type TestAuth } from '../testing/create-test-auth.ts';
import {
  inParallel,
  logIn,
  mailedResetCode,
  newPerson,
  refusalOf,
  registerVerified,
  solved,
} from '../testing/people.ts';
import { testRequest } from '../testing/test-inputs.ts';

// A change of SECRET_KEY while replicas are replaced one after the other: first all of them learn the new secret as a
// previous one, then it becomes SECRET_KEY.
const OLD = 'the old secret of tests';
const NEW = 'the new secret of tests';

/** Still seals with the old secret. */
let before: TestAuth;
/** Seals with the new one. */
let after: TestAuth;
/** Does not know the old one any more. */
let last: TestAuth;
beforeAll(async () => {
  before = await createTestAuth({ secretKey: OLD, previousSecretKeys: [NEW], altcha: true });
  const { database, clock } = before;
  after = await createTestAuth({ database, clock, secretKey: NEW, previousSecretKeys: [OLD], altcha: true });
  last = await createTestAuth({ database, clock, secretKey: NEW, altcha: true });
});
beforeEach(async () => {
  await before.deps.db.delete(outbox);
});
afterAll(async () => {
  await Promise.all([last.close(), after.close()]);
  await before.close();
});

const pairs = () => [
  { here: before, there: after },
  { here: after, there: before },
];

test('a session goes on, its next refresh token is signed with the new secret, and no key of access tokens changes', async () => {
  const { person } = await registerVerified(before);
  const { accessToken, refreshToken } = await logIn(before, person);
  expect(await refusalOf(after.authenticate(accessToken))).toBe('none');
  const next = await after.refresh({ refreshToken }, testRequest());
  expect(await refusalOf(before.authenticate(next.accessToken))).toBe('none');
  expect(await before.deps.db.$count(signingKeys)).toBe(1);
  expect(await refusalOf(last.refresh({ refreshToken }, testRequest()))).toBe('REFRESH_TOKEN_INVALID');
  expect(await refusalOf(last.refresh({ refreshToken: next.refreshToken }, testRequest()))).toBe('none');
});

test('while replicas seal with different secrets, forty parallel refreshes at both return one successor', async () => {
  const { person } = await registerVerified(before);
  let { refreshToken } = await logIn(before, person);
  for (let round = 0; round < 4; round += 1) {
    const answers = await inParallel(40, (index) =>
      (index % 2 === round % 2 ? before : after).refresh({ refreshToken }, testRequest()),
    );
    const successors = [...new Set(answers.map((tokens) => tokens.refreshToken))];
    expect(successors).toHaveLength(1);
    refreshToken = successors[0] ?? '';
  }
});

test('a session of a release that did not store the secret is refreshed, and replayed, too', async () => {
  const { person } = await registerVerified(before);
  const { refreshToken, identity } = await logIn(before, person);
  await before.deps.db.update(sessions).set({ secretId: null }).where(eq(sessions.id, identity.sessionId));
  const { refreshToken: next } = await after.refresh({ refreshToken }, testRequest());
  expect((await before.refresh({ refreshToken }, testRequest())).refreshToken).toBe(next);
});

test('a logout by a refresh token of the other secret ends the session', async () => {
  for (const { here, there } of pairs()) {
    const { person } = await registerVerified(here);
    const { refreshToken, accessToken } = await logIn(here, person);
    await logout(there.deps, { input: { refreshToken }, identity: undefined }, testRequest());
    expect(await refusalOf(here.authenticate(accessToken))).toBe('TOKEN_INVALID');
  }
});

test('a mailed code works once at either, and wrong tries count', async () => {
  for (const { here, there } of pairs()) {
    const { person } = await registerVerified(here);
    const { email } = person;
    const code = await mailedResetCode(here, person);
    const wrong = code === '000000' ? '000001' : '000000';
    const check = (given: string) =>
      refusalOf(verifyCode(there.deps, { email, type: 'reset_password', code: given }, testRequest()));
    expect([await check(wrong), await check(code)]).toEqual(['CODE_INVALID', 'none']);
    const reset = () =>
      refusalOf(confirmPasswordReset(there.deps, { email, code, newPassword: 'another night' }, testRequest()));
    expect([await reset(), await reset()]).toEqual(['none', 'CODE_INVALID']);
  }
});

test('the solution of a captcha is accepted once', async () => {
  for (const { here, there } of pairs()) {
    const captcha = await solved(here);
    const send = ({ deps }: TestAuth) =>
      refusalOf(sendPasswordReset(deps, { email: newPerson().email, captcha }, testRequest()));
    expect(await send(there)).toBe('EMAIL_NOT_REGISTERED');
    expect(await send(here)).toBe('CAPTCHA_INVALID');
  }
});

test('pending mails are sent', async () => {
  for (const { here, there } of pairs()) {
    const { person } = await registerVerified(here);
    await mailedResetCode(here, person);
    const sent: string[] = [];
    const email = { send: async ({ mail }: { mail: { kind: string } }) => void sent.push(mail.kind) };
    const delivery = createMailDelivery({ ...there.deps, senders: { email } });
    await delivery.drain();
    await delivery.close();
    expect(sent.toSorted()).toEqual(['reset-code', 'verification-link']);
  }
});
