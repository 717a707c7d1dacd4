import { auditLog, users } from '@moonlight/db';
import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sendCode } from '../codes/send-code.ts';
import { verifyEmail } from '../email-verification/verify-email.ts';
import { confirmPasswordReset } from '../password-reset/confirm-password-reset.ts';
import { login } from '../sessions/login.ts';
import { createTestAuth, type TestAuth } from '../testing/create-test-auth.ts';
import {
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
} from '../testing/people.ts';
import { testRequest } from '../testing/test-inputs.ts';
import { register } from './register.ts';

const OWNERS = 'the quiet night of the owner';

let t: TestAuth;
beforeAll(async () => {
  t = await createTestAuth();
});
afterAll(() => t.close());

const mailedCode = async (email: string, deps = t.deps): Promise<string> => {
  await sendCode(deps, { email, type: 'register' }, testRequest());
  return (await t.lastMail('verification-code', email)).code;
};

/** A stranger's account with the owner's email, logged in; and what the owner sends to register with a code. */
const squatted = async () => {
  const { person: stranger, user, linkToken } = await registerByLink(t);
  const session = await logIn(t, stranger);
  const owner = { ...newPerson(), email: stranger.email.toLowerCase(), password: OWNERS };
  return { stranger, user, linkToken, session, owner, code: await mailedCode(stranger.email) };
};

const registering = (input: Person & { code?: string }) => register(t.deps, input, testRequest());
const loggingIn = ({ email, password }: Person) => refusalOf(login(t.deps, { email, password }, testRequest()));
const accounts = (email: string) =>
  t.deps.db
    .select()
    .from(users)
    .where(eq(sql`lower(${users.email})`, email.toLowerCase()));

test('the mailbox decides: a registration by code replaces a never-verified account, however often it was used', async () => {
  const { stranger, user: old, session, owner, code } = await squatted();
  for (let times = 0; times < 3; times += 1) await logIn(t, stranger);
  const { user, tokens } = await registering({ ...owner, code });
  expect(user).toMatchObject({ email: owner.email, username: owner.username, isEmailVerified: true });
  expect(user.id).not.toBe(old.id);
  expect((await t.authenticate(tokens?.accessToken)).user).toEqual(user);
  expect(await refusalOf(t.authenticate(session.accessToken))).toBe('USER_NOT_FOUND');
  const { refreshToken } = session;
  expect(await refusalOf(t.refresh({ refreshToken }, testRequest()))).toBe('REFRESH_TOKEN_INVALID');
  expect(await loggingIn(stranger)).toBe('INVALID_CREDENTIALS');
  expect(await loggingIn(owner)).toBe('none');
  expect(await accounts(owner.email)).toHaveLength(1);
});

test("the stranger's links and codes do nothing afterwards", async () => {
  const { stranger, linkToken, owner } = await squatted();
  const resetToken = await mailedResetToken(t, stranger);
  t.clock.advance(60);
  const resetCode = await mailedResetCode(t, stranger);
  await registering({ ...owner, code: await mailedCode(owner.email) });
  const reset = { newPassword: 'the stranger is back' };
  const confirm = (proof: object) => refusalOf(confirmPasswordReset(t.deps, { ...reset, ...proof }, testRequest()));
  expect(await refusalOf(verifyEmail(t.deps, { token: linkToken }, testRequest()))).toBe('LINK_INVALID');
  expect(await confirm({ token: resetToken })).toBe('LINK_INVALID');
  expect(await confirm({ email: stranger.email, code: resetCode })).toBe('CODE_INVALID');
  expect(await loggingIn(owner)).toBe('none');
});

test("the owner may keep the stranger's username, and the audit log keeps what happened", async () => {
  const { stranger, user: old, owner, code } = await squatted();
  const { user } = await registering({ ...owner, username: stranger.username.toUpperCase(), code });
  const entries = await t.deps.db.select().from(auditLog).where(eq(auditLog.userId, old.id));
  expect(entries).toContainEqual(
    expect.objectContaining({ event: 'registration_replaced', details: { replacedBy: user.id } }),
  );
});

test('USERNAME_TAKEN for the name of a third person leaves the stranger as he was, and the code valid', async () => {
  const { session, owner, code } = await squatted();
  const { person: third } = await registerByLink(t);
  expect(await refusalOf(registering({ ...owner, username: third.username, code }))).toBe('USERNAME_TAKEN');
  expect(await refusalOf(t.authenticate(session.accessToken))).toBe('none');
  expect(await refusalOf(registering({ ...owner, code }))).toBe('none');
});

test('a wrong code replaces nothing', async () => {
  const { session, owner, code } = await squatted();
  const wrong = code === '000000' ? '000001' : '000000';
  expect(await refusalOf(registering({ ...owner, code: wrong }))).toBe('CODE_INVALID');
  expect(await refusalOf(t.authenticate(session.accessToken))).toBe('none');
});

test('a code that is replaced while the password is hashed registers nothing and replaces nothing', async () => {
  const { session, owner, code } = await squatted();
  const enter: typeof t.deps.hasher.enter = (ip) => {
    const place = t.deps.hasher.enter(ip);
    const hash: typeof place.hash = async (password) => {
      t.clock.advance(60);
      await mailedCode(owner.email);
      return place.hash(password);
    };
    return { ...place, hash, [Symbol.dispose]: () => place[Symbol.dispose]() };
  };
  const slow = { ...t.deps, hasher: { ...t.deps.hasher, enter } };
  expect(await refusalOf(register(slow, { ...owner, code }, testRequest()))).toBe('CODE_INVALID');
  expect(await refusalOf(t.authenticate(session.accessToken))).toBe('none');
});

test('a verified account is EMAIL_TAKEN, for a code and for registering with one that was sent before', async () => {
  const { linkToken, session, owner, code } = await squatted();
  await verifyEmail(t.deps, { token: linkToken }, testRequest());
  expect(await refusalOf(registering({ ...owner, code }))).toBe('EMAIL_TAKEN');
  expect(await refusalOf(sendCode(t.deps, { email: owner.email, type: 'register' }, testRequest()))).toBe(
    'EMAIL_TAKEN',
  );
  expect(await refusalOf(t.authenticate(session.accessToken))).toBe('none');
  const { person } = await registerVerified(t);
  expect(await refusalOf(sendCode(t.deps, { email: person.email, type: 'register' }, testRequest()))).toBe(
    'EMAIL_TAKEN',
  );
});

test('by link the email of a never-verified account stays EMAIL_TAKEN', async () => {
  const { owner } = await squatted();
  expect(await refusalOf(registering(owner))).toBe('EMAIL_TAKEN');
});

test('the mail with the code greets no stranger and is in the language of the request', async () => {
  const { person } = await registerByLink(t);
  await sendCode(t.deps, { email: person.email, type: 'register' }, testRequest({ locale: 'zh-CN' }));
  const mail = await t.lastMail('verification-code', person.email);
  expect(mail).toMatchObject({ to: person.email, locale: 'zh-CN' });
  expect(mail).not.toHaveProperty('username');
});

test('in strict privacy the email of a never-verified account gets a code too', async () => {
  const { person } = await registerByLink(t);
  const strict = {
    ...t.deps,
    settings: { ...t.deps.settings, accounts: { ...t.deps.settings.accounts, privacy: 'strict' as const } },
  };
  const code = await mailedCode(person.email, strict);
  const owner = { ...newPerson(), email: person.email };
  expect(await refusalOf(register(strict, { ...owner, code }, testRequest()))).toBe('none');
});

describe('at the same moment', () => {
  const ROUNDS = 8;

  test('of two registrations by code exactly one succeeds', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const { owner, code } = await squatted();
      const rivals = [owner, { ...owner, username: newPerson().username }];
      const outcomes = await Promise.all(rivals.map((each) => refusalOf(registering({ ...each, code }))));
      const { none, CODE_INVALID = 0, EMAIL_TAKEN = 0, ...others } = tally(outcomes);
      expect({ none, lost: CODE_INVALID + EMAIL_TAKEN, others }).toEqual({ none: 1, lost: 1, others: {} });
      expect(await accounts(owner.email)).toHaveLength(1);
    }
  });

  test('of a registration by code and the old link exactly one succeeds', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const { linkToken, session, owner, code } = await squatted();
      const outcomes = await Promise.all([
        refusalOf(registering({ ...owner, code })),
        refusalOf(verifyEmail(t.deps, { token: linkToken }, testRequest())),
      ]);
      expect([
        ['none', 'LINK_INVALID'],
        ['EMAIL_TAKEN', 'none'],
      ]).toContainEqual(outcomes);
      const isReplaced = outcomes[0] === 'none';
      expect(await refusalOf(t.authenticate(session.accessToken))).toBe(isReplaced ? 'USER_NOT_FOUND' : 'none');
    }
  });

  test("no session of the stranger survives: logins and refreshes end or fail with the stranger's account", async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const { stranger, session, owner, code } = await squatted();
      const logins: string[] = [];
      const [registered] = await Promise.all([
        registering({ ...owner, code }),
        ...(
          await inParallel(4, async () => async () => {
            const { tokens } = await login(t.deps, stranger, testRequest());
            logins.push(tokens.accessToken);
          })
        ).map((logInOnce) => refusalOf(logInOnce())),
        refusalOf(t.refresh({ refreshToken: session.refreshToken }, testRequest())),
      ]);
      for (const token of [session.accessToken, ...logins])
        expect(await refusalOf(t.authenticate(token))).toBe('USER_NOT_FOUND');
      expect((await t.authenticate(registered.tokens?.accessToken)).user.username).toBe(owner.username);
    }
  });

  test('of a registration by code and a reset of the old account exactly one succeeds', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const { stranger, owner, code } = await squatted();
      const resetCode = await mailedResetCode(t, stranger);
      const newPassword = 'the owner, by reset';
      const outcomes = await Promise.all([
        refusalOf(registering({ ...owner, code })),
        refusalOf(confirmPasswordReset(t.deps, { newPassword, email: owner.email, code: resetCode }, testRequest())),
      ]);
      expect([
        ['none', 'CODE_INVALID'],
        ['EMAIL_TAKEN', 'none'],
      ]).toContainEqual(outcomes);
      const password = outcomes[0] === 'none' ? OWNERS : newPassword;
      expect(await loggingIn({ ...owner, password })).toBe('none');
    }
  });
});
