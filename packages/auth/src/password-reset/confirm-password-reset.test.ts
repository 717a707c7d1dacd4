import { auditLog, passwordResets, users } from '@moonlight/db';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { changePassword } from '../account/change-password.ts';
import { sendCode } from '../codes/send-code.ts';
import { verifyCode } from '../codes/verify-code.ts';
import { verifyEmail } from '../email-verification/verify-email.ts';
import { login } from '../sessions/login.ts';
import { createTestAuth, type TestAuth } from '../testing/create-test-auth.ts';
import {
  changedHasher,
  inParallel,
  logIn,
  mailedResetCode,
  mailedResetToken,
  newPerson,
  type Person,
  refusalOf,
  registerByLink,
  registerVerified,
  tally,
  wrongCode,
} from '../testing/people.ts';
import { testRequest } from '../testing/test-inputs.ts';
import { confirmPasswordReset } from './confirm-password-reset.ts';

const MINUTES_30 = 1800;
const NEW = 'the owner is back';

let t: TestAuth;
beforeAll(async () => {
  t = await createTestAuth();
});
afterAll(() => t.close());

type Email = Pick<Person, 'email'>;
const reset = (proof: { token?: string; email?: string; code?: string }, newPassword = NEW, deps = t.deps) =>
  refusalOf(confirmPasswordReset(deps, { newPassword, ...proof }, testRequest()));
const byLink = (token: string, newPassword = NEW) => reset({ token }, newPassword);
const byCode = ({ email }: Email, code: string, newPassword = NEW) => reset({ email, code }, newPassword);
const linkFor = (person: Email) => mailedResetToken(t, person);
const codeFor = (person: Email) => mailedResetCode(t, person);
const loggingIn = (person: Person, password = person.password) =>
  refusalOf(login(t.deps, { email: person.email, password }, testRequest()));

// Each method of proving the mailbox, with the refusal of a proof that was used before.
const METHODS = [
  { by: 'link', used: 'LINK_USED', prove: async (person: Email) => ({ token: await linkFor(person) }) },
  {
    by: 'code',
    used: 'CODE_INVALID',
    prove: async ({ email }: Email) => ({ email: email.toUpperCase(), code: await codeFor({ email }) }),
  },
];

describe.each(METHODS)('by $by', ({ by, used, prove }) => {
  test('a reset sets the new password, verifies the email, ends every session and mails a notice', async () => {
    const { person } = await registerByLink(t);
    const sessions = [await logIn(t, person), await logIn(t, person)];
    expect(await reset(await prove(person))).toBe('none');
    for (const { accessToken, refreshToken } of sessions) {
      expect(await refusalOf(t.authenticate(accessToken))).toBe('TOKEN_INVALID');
      expect(await refusalOf(t.refresh({ refreshToken }, testRequest()))).toBe('REFRESH_TOKEN_INVALID');
    }
    expect(await loggingIn(person)).toBe('INVALID_CREDENTIALS');
    const { identity } = await logIn(t, { ...person, password: NEW });
    expect(identity.user.isEmailVerified).toBe(true);
    const notice = await t.lastMail('password-changed', person.email);
    expect(notice).toMatchObject({ username: person.username, at: t.clock.now().toISOString() });
  });

  test('of ten parallel resets exactly one succeeds, with its password and one notice; later ones are refused', async () => {
    const { person } = await registerVerified(t);
    const proof = await prove(person);
    const outcomes = await inParallel(10, (index) => reset(proof, `${NEW} ${index}`));
    expect(tally(outcomes)).toEqual({ none: 1, [used]: 9 });
    expect(await loggingIn(person, `${NEW} ${outcomes.indexOf('none')}`)).toBe('none');
    const notices = (await t.mails()).filter((mail) => mail.kind === 'password-changed' && mail.to === person.email);
    expect(notices).toHaveLength(1);
    expect(await reset(proof)).toBe(used);
  });

  test('common passwords, the email and the username are refused, and the proof stays valid', async () => {
    const { person } = await registerVerified(t);
    const proof = await prove(person);
    for (const common of ['Password123', person.email.toUpperCase(), person.email, person.username.toUpperCase()])
      expect(await reset(proof, common)).toBe('PASSWORD_TOO_COMMON');
    expect(await reset(proof)).toBe('none');
  });

  test('a reset of a disabled account works and does not enable it', async () => {
    const { person } = await registerVerified(t);
    await t.deps.db.update(users).set({ isActive: false }).where(eq(users.email, person.email));
    expect(await reset(await prove(person))).toBe('none');
    expect(await loggingIn(person, NEW)).toBe('ACCOUNT_DISABLED');
  });

  test('a reset invalidates the other outstanding proof', async () => {
    const { person } = await registerVerified(t);
    const [other] = METHODS.filter((method) => method.by !== by);
    const proof = await other?.prove(person);
    t.clock.advance(60);
    await reset(await prove(person));
    expect(await reset(proof ?? {}, 'the thief was late')).toBe(by === 'link' ? 'CODE_INVALID' : 'LINK_INVALID');
  });
});

describe('a link', () => {
  test('that was used is LINK_USED for ever, also after a newer link and after its expiry', async () => {
    const { person } = await registerVerified(t);
    const token = await linkFor(person);
    await byLink(token);
    t.clock.advance(60);
    await linkFor(person);
    expect(await byLink(token)).toBe('LINK_USED');
    t.clock.advance(3 * 365 * 86_400);
    expect(await byLink(token)).toBe('LINK_USED');
    await t.deps.db.update(passwordResets).set({ replacedAt: t.clock.now() });
    expect(await byLink(token)).toBe('LINK_USED');
  });

  test('expires after exactly 30 minutes', async () => {
    const { person } = await registerVerified(t);
    const token = await linkFor(person);
    t.clock.advance(MINUTES_30);
    expect(await byLink(token)).toBe('LINK_EXPIRED');
    const second = await linkFor(person);
    t.clock.advance(MINUTES_30 - 0.001);
    expect(await byLink(second)).toBe('none');
  });

  test('that expires while the new password is hashed is refused', async () => {
    const { person } = await registerVerified(t);
    const token = await linkFor(person);
    const hasher = changedHasher(t.deps.hasher, (place) => ({
      hash: (password) => {
        t.clock.advance(MINUTES_30);
        return place.hash(password);
      },
    }));
    const slow = { ...t.deps, hasher };
    expect(await reset({ token }, NEW, slow)).toBe('LINK_EXPIRED');
    expect(await loggingIn(person)).toBe('none');
  });

  test('invalidates the older one, also after both have expired', async () => {
    const { person } = await registerVerified(t);
    const older = await linkFor(person);
    t.clock.advance(60);
    const newer = await linkFor(person);
    expect(await byLink(older)).toBe('LINK_INVALID');
    t.clock.advance(MINUTES_30);
    expect(await byLink(older)).toBe('LINK_INVALID');
    expect(await byLink(newer)).toBe('LINK_EXPIRED');
  });

  test('that was never mailed, and a verification link, are invalid', async () => {
    const { linkToken } = await registerByLink(t);
    expect(await byLink('A'.repeat(43))).toBe('LINK_INVALID');
    expect(await byLink(linkToken)).toBe('LINK_INVALID');
  });
});

describe('a code', () => {
  test('is invalid after 20 wrong attempts from many IP addresses, which change nothing', async () => {
    const { person } = await registerVerified(t);
    const code = await codeFor(person);
    for (let tries = 1; tries <= 20; tries += 1) expect(await byCode(person, wrongCode(code))).toBe('CODE_INVALID');
    expect(await byCode(person, code)).toBe('CODE_ATTEMPTS_EXCEEDED');
    expect(await loggingIn(person)).toBe('none');
  });

  test('for another email, another purpose, or after its expiry is refused', async () => {
    const { person } = await registerVerified(t);
    const { person: other } = await registerVerified(t);
    const code = await codeFor(person);
    expect(await byCode(other, code)).toBe('CODE_INVALID');
    const { email } = newPerson();
    await sendCode(t.deps, { email, type: 'register' }, testRequest());
    expect(await byCode({ email }, (await t.lastMail('verification-code', email)).code)).toBe('CODE_INVALID');
    t.clock.advance(600);
    expect(await byCode(person, code)).toBe('CODE_EXPIRED');
  });

  test('for an account that has expired since is invalid', async () => {
    const { person } = await registerByLink(t);
    t.clock.advance(86_400 - 300);
    const code = await codeFor(person);
    t.clock.advance(300);
    expect(await byCode(person, code)).toBe('CODE_INVALID');
  });

  test('is not tried when the new password is refused: neither attempts nor the account matter', async () => {
    const { person } = await registerVerified(t);
    const code = await codeFor(person);
    for (let tries = 1; tries <= 6; tries += 1)
      expect(await byCode(person, wrongCode(code), person.email.toLowerCase())).toBe('PASSWORD_TOO_COMMON');
    expect(await refusalOf(verifyCode(t.deps, { ...person, code, type: 'reset_password' }, testRequest()))).toBe(
      'none',
    );
    expect(await byCode({ email: 'nobody@example.com' }, code, 'Nobody@Example.com')).toBe('PASSWORD_TOO_COMMON');
  });
});

test('a reset without a link and without a complete pair of email and code is refused', async () => {
  const { person } = await registerVerified(t);
  const code = await codeFor(person);
  for (const proof of [{}, { email: person.email }, { code }]) expect(await reset(proof)).toBe('VALIDATION_FAILED');
  expect(await byCode(person, code)).toBe('none');
});

test('parallel resets by link, by code and changes of the password do not deadlock, and exactly one succeeds', async () => {
  for (let round = 0; round < 4; round += 1) {
    const { person } = await registerVerified(t);
    const { identity } = await logIn(t, person);
    const code = await codeFor(person);
    t.clock.advance(60);
    const token = await linkFor(person);
    const input = { currentPassword: person.password, newPassword: NEW };
    const outcomes = await inParallel(9, (index) => {
      if (index % 3 === 0) return byCode(person, code);
      if (index % 3 === 1) return byLink(token);
      return refusalOf(changePassword(t.deps, { input, identity }, testRequest()));
    });
    expect(tally(outcomes)['none']).toBe(1);
    expect(await loggingIn(person, NEW)).toBe('none');
  }
});

test('a reset gives the owner of the mailbox an account that a stranger registered with the email', async () => {
  const { person: stranger, user, linkToken } = await registerByLink(t);
  const session = await logIn(t, stranger);
  expect(await byLink(await linkFor(stranger))).toBe('none');

  const owner = await logIn(t, { ...stranger, password: NEW });
  expect(owner.identity.user).toMatchObject({ id: user.id, isEmailVerified: true });
  expect(await refusalOf(t.authenticate(session.accessToken))).toBe('TOKEN_INVALID');
  const { refreshToken } = session;
  expect(await refusalOf(t.refresh({ refreshToken }, testRequest()))).toBe('REFRESH_TOKEN_INVALID');
  expect(await loggingIn(stranger)).toBe('INVALID_CREDENTIALS');
  expect(await verifyEmail(t.deps, { token: linkToken }, testRequest())).toEqual({ status: 'already_verified' });
  const entries = await t.deps.db.select().from(auditLog).where(eq(auditLog.userId, user.id)).orderBy(auditLog.id);
  expect(entries.map(({ event }) => event)).toEqual(
    expect.arrayContaining(['reset_asked', 'email_verified', 'reset_done']),
  );
});
