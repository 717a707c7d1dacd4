import { transaction, users } from '@moonlight/db';
import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { changePassword } from '../account/change-password.ts';
import { rejectRegistration, verifyEmail } from '../email-verification/verify-email.ts';
import { resendVerification } from '../email-verification/resend-verification.ts';
import { sendVerification } from '../email-verification/send-verification.ts';
import { confirmPasswordReset } from '../password-reset/confirm-password-reset.ts';
import { sendPasswordReset } from '../password-reset/send-password-reset.ts';
import { login } from '../sessions/login.ts';
import { createTestAuth, type TestAuth } from '../testing/create-test-auth.ts';
import { logIn, mailedResetCode, mailedResetToken, type Person, refusalOf, registerByLink } from '../testing/people.ts';
import { testRequest } from '../testing/test-inputs.ts';

const NEW = 'a calm new morning';

let t: TestAuth;
beforeAll(async () => {
  t = await createTestAuth();
});
afterAll(() => t.close());

interface Account {
  readonly person: Person;
  readonly linkToken: string;
}

/** Prepares a call for an account; the call itself begins when the account's row is locked. */
type Prepare = (account: Account) => Promise<() => Promise<unknown>>;

const calls: Readonly<Record<string, Prepare>> = {
  verifyEmail:
    async ({ linkToken }) =>
    () =>
      verifyEmail(t.deps, { token: linkToken }, testRequest()),
  rejectRegistration:
    async ({ linkToken }) =>
    () =>
      rejectRegistration(t.deps, { token: linkToken }, testRequest()),
  sendVerification: async ({ person }) => {
    const { identity } = await logIn(t, person);
    t.clock.advance(60);
    return () => sendVerification(t.deps, identity.user, testRequest());
  },
  resendVerification: async ({ person }) => {
    t.clock.advance(60);
    return () => resendVerification(t.deps, { email: person.email }, testRequest());
  },
  'sendPasswordReset, with an open link': async ({ person }) => {
    await mailedResetToken(t, person);
    t.clock.advance(60);
    return () => sendPasswordReset(t.deps, person, testRequest());
  },
  'confirmPasswordReset by link': async ({ person }) => {
    const token = await mailedResetToken(t, person);
    return () => confirmPasswordReset(t.deps, { token, newPassword: NEW }, testRequest());
  },
  'confirmPasswordReset by code': async ({ person }) => {
    const code = await mailedResetCode(t, person);
    return () => confirmPasswordReset(t.deps, { email: person.email, code, newPassword: NEW }, testRequest());
  },
  changePassword: async ({ person }) => {
    const { identity } = await logIn(t, person);
    const input = { currentPassword: person.password, newPassword: NEW };
    return () => changePassword(t.deps, { input, identity }, testRequest());
  },
  'refresh, with a token that was replaced': async ({ person, linkToken }) => {
    await verifyEmail(t.deps, { token: linkToken }, testRequest());
    const { refreshToken } = await logIn(t, person);
    await t.refresh({ refreshToken }, testRequest());
    t.clock.advance(60);
    return () => t.refresh({ refreshToken }, testRequest());
  },
  login: async ({ person }) => {
    await logIn(t, person);
    return () => login(t.deps, person, testRequest());
  },
};

const waitingTransactions = async (): Promise<number> => {
  const waiting = await t.deps.db.execute(
    sql`select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  );
  return waiting.rows.length;
};

// Clean-up, rejecting and registering delete accounts: they lock the account, then by cascade its sessions and links.
test.each(Object.entries(calls))('%s and the removal of its account cannot deadlock', async (_name, prepare) => {
  const { person, user, linkToken } = await registerByLink(t);
  const call = await prepare({ person, linkToken });
  let outcome: Promise<string> = Promise.resolve('not called');
  await transaction(t.deps.db, async (tx) => {
    await tx.select({ id: users.id }).from(users).where(eq(users.id, user.id)).for('update');
    outcome = refusalOf(call());
    outcome.catch(() => undefined);
    await expect.poll(waitingTransactions).toBe(1);
    await tx.delete(users).where(eq(users.id, user.id));
  });
  expect(await outcome).not.toBe('not called');
  expect(await t.deps.db.$count(users, eq(users.id, user.id))).toBe(0);
});
