import { sessions, users } from '@moonlight/db';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestAuth, type TestAuth } from '../testing/create-test-auth.ts';
import { logIn, refusalOf, registerByLink } from '../testing/people.ts';
import { logout } from './manage-sessions.ts';
import { testRequest } from '../testing/test-inputs.ts';

let t: TestAuth;
beforeAll(async () => {
  t = await createTestAuth();
});
afterAll(() => t.close());

const newSession = async () => logIn(t, (await registerByLink(t)).person);

test('a bearer call sends one query, and returns the account as it is now', async () => {
  const { accessToken, identity } = await newSession();
  await t.deps.db.update(users).set({ locale: 'zh-CN' }).where(eq(users.id, identity.user.id));
  t.statements();
  const { user } = await t.authenticate(accessToken);
  expect(t.statements()).toHaveLength(1);
  expect(user).toEqual({ ...identity.user, locale: 'zh-CN' });
});

test('no token is MISSING_TOKEN, without a query', async () => {
  t.statements();
  expect(await refusalOf(t.authenticate(undefined))).toBe('MISSING_TOKEN');
  expect(t.statements()).toEqual([]);
});

test('an access token expires 30 minutes after its iat, which is in whole seconds', async () => {
  const { accessToken } = await newSession();
  // The clock is at .250 of a second, and a NumericDate (RFC 7519) is in whole seconds.
  t.clock.advance(1800 - 0.251);
  expect(await refusalOf(t.authenticate(accessToken))).toBe('none');
  t.clock.advance(0.001);
  expect(await refusalOf(t.authenticate(accessToken))).toBe('TOKEN_EXPIRED');
  const withEmptyCache = await createTestAuth({ database: t.database, clock: t.clock });
  expect(await refusalOf(withEmptyCache.authenticate(accessToken))).toBe('TOKEN_EXPIRED');
  await withEmptyCache.close();
});

test('disabling an account takes effect at once, and so does enabling it', async () => {
  const { accessToken, identity } = await newSession();
  const setActive = (isActive: boolean) =>
    t.deps.db.update(users).set({ isActive }).where(eq(users.id, identity.user.id));
  await setActive(false);
  expect(await refusalOf(t.authenticate(accessToken))).toBe('ACCOUNT_DISABLED');
  await setActive(true);
  expect(await refusalOf(t.authenticate(accessToken))).toBe('none');
});

test('an ended session is TOKEN_INVALID, also for a disabled account', async () => {
  const { accessToken, identity } = await newSession();
  await logout(t.deps, { input: undefined, identity }, testRequest());
  await t.deps.db.update(users).set({ isActive: false }).where(eq(users.id, identity.user.id));
  expect(await refusalOf(t.authenticate(accessToken))).toBe('TOKEN_INVALID');
});

test('a deleted account is USER_NOT_FOUND while its token is valid', async () => {
  const { accessToken, identity } = await newSession();
  await t.deps.db.delete(users).where(eq(users.id, identity.user.id));
  expect(await refusalOf(t.authenticate(accessToken))).toBe('USER_NOT_FOUND');
});

test('an expired session is TOKEN_INVALID, even if its access token is still valid', async () => {
  const { accessToken, identity } = await newSession();
  const expireAt = (expiresAt: Date) =>
    t.deps.db.update(sessions).set({ expiresAt }).where(eq(sessions.id, identity.sessionId));
  t.clock.advance(0.757);
  await expireAt(new Date(t.clock.now().getTime() + 1));
  expect(await refusalOf(t.authenticate(accessToken))).toBe('none');
  await expireAt(t.clock.now());
  expect(await refusalOf(t.authenticate(accessToken))).toBe('TOKEN_INVALID');
});

test('a session of another account is TOKEN_INVALID', async () => {
  const { identity } = await newSession();
  const other = await newSession();
  await t.deps.db.update(sessions).set({ userId: identity.user.id }).where(eq(sessions.id, other.identity.sessionId));
  expect(await refusalOf(t.authenticate(other.accessToken))).toBe('TOKEN_INVALID');
});

test('times are in UTC, with milliseconds', async () => {
  const { accessToken, identity } = await newSession();
  const emailVerifiedAt = new Date('2026-03-29T01:59:59.007Z');
  await t.deps.db.update(users).set({ emailVerifiedAt }).where(eq(users.id, identity.user.id));
  const { user } = await t.authenticate(accessToken);
  expect(user).toMatchObject({ emailVerifiedAt: '2026-03-29T01:59:59.007Z', isEmailVerified: true });
});
