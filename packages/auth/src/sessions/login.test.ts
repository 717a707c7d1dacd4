import { users } from '@moonlight/db';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { passwordHasher } from '../credentials/password-hasher.ts';
import { confirmPasswordReset } from '../password-reset/confirm-password-reset.ts';
import { createTestAuth, testHashCost, type TestAuth } from '../testing/create-test-auth.ts';
import {
  changedHasher,
  inParallel,
  logIn,
  mailedResetToken,
  newPerson,
  refusalOf,
  registerByLink,
  registerVerified,
  tally,
} from '../testing/people.ts';
import { testRequest } from '../testing/test-inputs.ts';
import { login } from './login.ts';
import { listSessions } from './manage-sessions.ts';

let t: TestAuth;
beforeAll(async () => {
  t = await createTestAuth();
});
afterAll(() => t.close());

const hashOf = async (email: string) =>
  (await t.deps.db.select().from(users).where(eq(users.email, email)))[0]?.passwordHash;

test('the right password opens a session, and returns the account and two tokens', async () => {
  const { person, user } = await registerVerified(t);
  const input = { email: `  ${person.email.toUpperCase()}`.trim(), password: person.password };
  const { user: found, tokens } = await login(t.deps, input, testRequest());
  expect(found).toMatchObject({ id: user.id, email: person.email, isEmailVerified: true });
  expect(tokens).toEqual({
    accessToken: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
    refreshToken: expect.stringMatching(/^[\w-]{71}$/),
    tokenType: 'bearer',
    expiresIn: 1800,
  });
  expect((await t.authenticate(tokens.accessToken)).user).toEqual(found);
});

test('a password is verified exactly as sent', async () => {
  const { person } = await registerByLink(t);
  for (const password of [` ${person.password}`, `${person.password} `, person.password.toUpperCase()])
    expect(await refusalOf(login(t.deps, { ...person, password }, testRequest()))).toBe('INVALID_CREDENTIALS');
});

test('an unknown email and a wrong password get the same refusal after the same statements', async () => {
  const { person } = await registerByLink(t);
  const wrong = { email: person.email, password: 'not the password' };
  const unknown = { ...wrong, email: newPerson().email };
  const traces = [];
  for (const input of [wrong, unknown]) {
    t.statements();
    expect(await refusalOf(login(t.deps, input, testRequest()))).toBe('INVALID_CREDENTIALS');
    traces.push(t.statements());
  }
  expect(traces[1]).toEqual(traces[0]);
});

test('ACCOUNT_DISABLED comes only after the right password, and no session is opened', async () => {
  const { person } = await registerVerified(t);
  const { identity } = await logIn(t, person);
  await t.deps.db.update(users).set({ isActive: false }).where(eq(users.email, person.email));
  expect(await refusalOf(login(t.deps, person, testRequest()))).toBe('ACCOUNT_DISABLED');
  expect(await refusalOf(login(t.deps, { ...person, password: 'wrong' }, testRequest()))).toBe('INVALID_CREDENTIALS');
  expect(await listSessions(t.deps, identity)).toHaveLength(1);
});

test('unverified accounts can log in, unless the service requires a verified email', async () => {
  const { person } = await registerByLink(t);
  const { person: verified } = await registerVerified(t);
  const accounts = { ...t.deps.settings.accounts, requireVerifiedEmail: true };
  const requiring = { ...t.deps, settings: { ...t.deps.settings, accounts } };
  expect(await refusalOf(login(requiring, person, testRequest()))).toBe('EMAIL_NOT_VERIFIED');
  expect(await refusalOf(login(requiring, { ...person, password: 'wrong' }, testRequest()))).toBe(
    'INVALID_CREDENTIALS',
  );
  expect(await refusalOf(login(requiring, verified, testRequest()))).toBe('none');
  expect(await refusalOf(login(t.deps, person, testRequest()))).toBe('none');
});

test('a hash with a lower cost is replaced at login, one with a higher cost is not', async () => {
  const { person } = await registerByLink(t);
  const raised = { ...t.deps, hasher: await passwordHasher({ ...testHashCost, memoryCost: 16, timeCost: 2 }) };
  await login(raised, person, testRequest());
  const renewed = await hashOf(person.email);
  expect(renewed).toMatch(/^\$argon2id\$v=19\$m=16,t=2,p=1\$/);
  await login(raised, person, testRequest());
  await login(t.deps, person, testRequest());
  expect(await hashOf(person.email)).toBe(renewed);
});

test('parallel logins after a raise of the cost all succeed', async () => {
  const { person } = await registerByLink(t);
  const raised = { ...t.deps, hasher: await passwordHasher({ ...testHashCost, memoryCost: 32 }) };
  const outcomes = await inParallel(8, () => refusalOf(login(raised, person, testRequest())));
  expect(tally(outcomes)).toEqual({ none: 8 });
});

test('a login with the old password during a reset opens no session', async () => {
  const { person } = await registerVerified(t);
  const hasher = changedHasher(t.deps.hasher, (place) => ({
    verify: async (password, hash) => {
      const isRight = await place.verify(password, hash);
      if (isRight) {
        const token = await mailedResetToken(t, person);
        await confirmPasswordReset(t.deps, { token, newPassword: 'the owner is back' }, testRequest());
      }
      return isRight;
    },
  }));
  const duringReset = { ...t.deps, hasher };
  expect(await refusalOf(login(duringReset, person, testRequest()))).toBe('INVALID_CREDENTIALS');
  const { identity } = await logIn(t, { ...person, password: 'the owner is back' });
  expect(await listSessions(t.deps, identity)).toHaveLength(1);
});

test('a login to an expired account is refused', async () => {
  const { person } = await registerByLink(t);
  t.clock.advance(86_400);
  expect(await refusalOf(login(t.deps, person, testRequest()))).toBe('INVALID_CREDENTIALS');
});
