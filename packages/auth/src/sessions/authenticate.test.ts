import { sessions, users } from '@moonlight/db';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestAuth, type TestAuth } from '../testing/create-test-auth.ts';
import { refusalOf, logIn, registerByLink } from '../testing/people.ts';
import { logout } from './manage-sessions.ts';
import { testRequest } from '../testing/test-inputs.ts';

let t: TestAuth;
beforeAll(async () => {
  t = await createTestAuth();
});
afterAll(() => t.close());

const newSession = async () => logIn(t, (await registerByLink(t)).person);

test('a bearer call is one query, and shows the account as it is now', async () => {
  const { accessToken, identity } = await newSession();
  await t.deps.db.update(users).set({ locale: 'zh-CN' }).where(eq(users.id, identity.user.id));
  t.statements();
  const { user } = await t.authenticate(accessToken);
  expect(t.statements()).toHaveLength(1);
  expect(user).toEqual({ ...identity.user, locale: 'zh-CN' });
});

test('no token is MISSING_TOKEN, and costs no query', async () => {
  t.statements();
  expect(await refusalOf(t.authenticate(undefined))).toBe('MISSING_TOKEN');
  expect(t.statements()).toEqual([]);
});

test('an access token lives 30 minutes, counted in whole seconds from its iat', async () => {
  const { accessToken } = await newSession();
  // The clock stands at .250 of a second, and NumericDate (RFC 7519) knows whole seconds.
  t.clock.advance(1800 - 0.251);
  expect(await refusalOf(t.authenticate(accessToken))).toBe('none');
  t.clock.advance(0.001);
  expect(await refusalOf(t.authenticate(accessToken))).toBe('TOKEN_EXPIRED');
  const forgetful = await createTestAuth({ database: t.database, clock: t.clock });
  expect(await refusalOf(forgetful.authenticate(accessToken))).toBe('TOKEN_EXPIRED');
  await forgetful.close();
});

test('disabling an account acts at once, and so does enabling it', async () => {
  const { accessToken, identity } = await newSession();
  const setActive = (isActive: boolean) =>
    t.deps.db.update(users).set({ isActive }).where(eq(users.id, identity.user.id));
  await setActive(false);
  expect(await refusalOf(t.authenticate(accessToken))).toBe('ACCOUNT_DISABLED');
  await setActive(true);
  expect(await refusalOf(t.authenticate(accessToken))).toBe('none');
});

test('an ended session is TOKEN_INVALID, of a disabled account as well', async () => {
  const { accessToken, identity } = await newSession();
  await logout(t.deps, { input: undefined, identity }, testRequest());
  await t.deps.db.update(users).set({ isActive: false }).where(eq(users.id, identity.user.id));
  expect(await refusalOf(t.authenticate(accessToken))).toBe('TOKEN_INVALID');
});

test('an account that is gone while its token lives is USER_NOT_FOUND', async () => {
  const { accessToken, identity } = await newSession();
  await t.deps.db.delete(users).where(eq(users.id, identity.user.id));
  expect(await refusalOf(t.authenticate(accessToken))).toBe('USER_NOT_FOUND');
});

test('a session that ran out is TOKEN_INVALID, however long its access token still lives', async () => {
  const { accessToken, identity } = await newSession();
  const expireAt = (expiresAt: Date) =>
    t.deps.db.update(sessions).set({ expiresAt }).where(eq(sessions.id, identity.sessionId));
  t.clock.advance(0.757);
  await expireAt(new Date(t.clock.now().getTime() + 1));
  expect(await refusalOf(t.authenticate(accessToken))).toBe('none');
  await expireAt(t.clock.now());
  expect(await refusalOf(t.authenticate(accessToken))).toBe('TOKEN_INVALID');
});

test('a session of somebody else is TOKEN_INVALID', async () => {
  const { identity } = await newSession();
  const other = await newSession();
  await t.deps.db.update(sessions).set({ userId: identity.user.id }).where(eq(sessions.id, other.identity.sessionId));
  expect(await refusalOf(t.authenticate(other.accessToken))).toBe('TOKEN_INVALID');
});

test('times are told in UTC to the millisecond', async () => {
  const { accessToken, identity } = await newSession();
  const emailVerifiedAt = new Date('2026-03-29T01:59:59.007Z');
  await t.deps.db.update(users).set({ emailVerifiedAt }).where(eq(users.id, identity.user.id));
  const { user } = await t.authenticate(accessToken);
  expect(user).toMatchObject({ emailVerifiedAt: '2026-03-29T01:59:59.007Z', isEmailVerified: true });
});
