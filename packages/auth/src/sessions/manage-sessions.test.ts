import { auditLog, sessions } from '@moonlight/db';
import { and, eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId, systemRandom } from '../system.ts';
import { createTestAuth, type TestAuth } from '../testing/create-test-auth.ts';
import { inParallel, logIn, type Person, refusalOf, registerByLink, tally } from '../testing/people.ts';
import { testRequest } from '../testing/test-inputs.ts';
import type { Identity } from './authenticate.ts';
import { endOtherSessions, endSession, listSessions, logout } from './manage-sessions.ts';

let t: TestAuth;
beforeAll(async () => {
  t = await createTestAuth();
});
afterAll(() => t.close());

const end = (identity: Awaited<ReturnType<typeof logIn>>['identity'], id: string) =>
  endSession(t.deps, { input: { id }, identity }, testRequest());

test('the list contains the sessions of the account, the most recently used first', async () => {
  const { person } = await registerByLink(t);
  const started = t.clock.now().toISOString();
  const request = testRequest({ userAgent: 'Phone/1' });
  const phone = await logIn(t, person, request);
  t.clock.advance(60);
  const laptop = await logIn(t, person, testRequest({ userAgent: null }));
  t.clock.advance(60);
  await t.refresh({ refreshToken: phone.refreshToken }, testRequest());
  const used = t.clock.now();
  expect(await listSessions(t.deps, laptop.identity)).toMatchObject([
    {
      id: phone.identity.sessionId,
      current: false,
      createdAt: started,
      lastUsedAt: used.toISOString(),
      expiresAt: new Date(used.getTime() + 7 * 86_400_000).toISOString(),
      userAgent: 'Phone/1',
      ip: request.ip,
    },
    { id: laptop.identity.sessionId, current: true, userAgent: null },
  ]);
});

test('ended and expired sessions are not listed', async () => {
  const { person } = await registerByLink(t);
  await logIn(t, person);
  t.clock.advance(6 * 86_400);
  const ended = await logIn(t, person);
  const { identity } = await logIn(t, person);
  await end(identity, ended.identity.sessionId);
  t.clock.advance(86_400);
  expect((await listSessions(t.deps, identity)).map(({ id }) => id)).toEqual([identity.sessionId]);
});

test('a session of the account can be ended once, and its tokens are invalid', async () => {
  const { person } = await registerByLink(t);
  const { identity } = await logIn(t, person);
  const other = await logIn(t, person);
  expect(await end(identity, other.identity.sessionId)).toBeNull();
  expect(await refusalOf(t.authenticate(other.accessToken))).toBe('TOKEN_INVALID');
  expect(await refusalOf(t.refresh({ refreshToken: other.refreshToken }, testRequest()))).toBe('REFRESH_TOKEN_INVALID');
  expect(await refusalOf(end(identity, other.identity.sessionId))).toBe('SESSION_NOT_FOUND');
});

test('a session of another account is SESSION_NOT_FOUND like an unknown one, and does not end', async () => {
  const { identity } = await logIn(t, (await registerByLink(t)).person);
  const other = await logIn(t, (await registerByLink(t)).person);
  expect(await refusalOf(end(identity, other.identity.sessionId))).toBe('SESSION_NOT_FOUND');
  expect(await refusalOf(end(identity, newId(systemRandom, t.clock.now())))).toBe('SESSION_NOT_FOUND');
  expect(await refusalOf(t.authenticate(other.accessToken))).toBe('none');
});

test('all other sessions can be ended at once, except the current one and those of other accounts', async () => {
  const { person } = await registerByLink(t);
  const { accessToken, identity } = await logIn(t, person);
  const others = [await logIn(t, person), await logIn(t, person)];
  const foreign = await logIn(t, (await registerByLink(t)).person);
  expect(await endOtherSessions(t.deps, identity, testRequest())).toEqual({ revoked: 2 });
  for (const other of others) expect(await refusalOf(t.authenticate(other.accessToken))).toBe('TOKEN_INVALID');
  for (const token of [accessToken, foreign.accessToken]) expect(await refusalOf(t.authenticate(token))).toBe('none');
  expect(await endOtherSessions(t.deps, identity, testRequest())).toEqual({ revoked: 0 });
});

const loggingOut = (identity: Identity | undefined, refreshToken?: string) =>
  logout(t.deps, { input: refreshToken === undefined ? undefined : { refreshToken }, identity }, testRequest());
const refresh = (refreshToken: string) => t.refresh({ refreshToken }, testRequest());

const newAccount = async (): Promise<Person> => (await registerByLink(t)).person;

test('after a logout by bearer both tokens are invalid on every replica, and there is an audit entry', async () => {
  const { accessToken, refreshToken, identity } = await logIn(t, await newAccount());
  const replica = await createTestAuth({ database: t.database, clock: t.clock });
  expect((await replica.authenticate(accessToken)).sessionId).toBe(identity.sessionId);
  expect(await loggingOut(identity)).toBeNull();
  expect(await refusalOf(replica.authenticate(accessToken))).toBe('TOKEN_INVALID');
  expect(await refusalOf(refresh(refreshToken))).toBe('REFRESH_TOKEN_INVALID');
  const isOurs = and(eq(auditLog.userId, identity.user.id), eq(auditLog.event, 'logged_out'));
  expect(await t.deps.db.select().from(auditLog).where(isOurs)).toMatchObject([
    { details: { sessionId: identity.sessionId } },
  ]);
  await replica.close();
});

test('without a bearer a refresh token ends its session, superseded or not', async () => {
  const person = await newAccount();
  const current = await logIn(t, person);
  expect(await loggingOut(undefined, current.refreshToken)).toBeNull();
  expect(await refusalOf(t.authenticate(current.accessToken))).toBe('TOKEN_INVALID');

  const first = await logIn(t, person);
  const second = await refresh(first.refreshToken);
  t.clock.advance(3600);
  expect(await loggingOut(undefined, first.refreshToken)).toBeNull();
  expect(await refusalOf(refresh(second.refreshToken))).toBe('REFRESH_TOKEN_INVALID');
});

test('a bearer with the refresh token of its session, superseded or not, ends it', async () => {
  const first = await logIn(t, await newAccount());
  await refresh(first.refreshToken);
  expect(await loggingOut(first.identity, first.refreshToken)).toBeNull();
});

test('a bearer with a refresh token of another session, or an unknown one, is refused, and nothing ends', async () => {
  const person = await newAccount();
  const here = await logIn(t, person);
  const there = await logIn(t, person);
  for (const refreshToken of [there.refreshToken, 'unknown'])
    expect(await refusalOf(loggingOut(here.identity, refreshToken))).toBe('REFRESH_TOKEN_INVALID');
  for (const { accessToken } of [here, there]) expect(await refusalOf(t.authenticate(accessToken))).toBe('none');
});

test('a second logout is refused, by bearer and by refresh token', async () => {
  const { identity, refreshToken } = await logIn(t, await newAccount());
  await loggingOut(identity);
  expect(await refusalOf(loggingOut(identity))).toBe('TOKEN_INVALID');
  expect(await refusalOf(loggingOut(undefined, refreshToken))).toBe('REFRESH_TOKEN_INVALID');
});

test('of parallel logouts exactly one ends the session', async () => {
  const { identity } = await logIn(t, await newAccount());
  expect(tally(await inParallel(5, () => refusalOf(loggingOut(identity))))).toEqual({ none: 1, TOKEN_INVALID: 4 });
});

test('a logout without any token is MISSING_TOKEN', async () => {
  expect(await refusalOf(loggingOut(undefined))).toBe('MISSING_TOKEN');
});

test('after the lifetime a refresh token is expired, but that of an ended session is invalid', async () => {
  const person = await newAccount();
  const late = await logIn(t, person);
  const ended = await logIn(t, person);
  await loggingOut(ended.identity);
  t.clock.advance(7 * 86_400);
  expect(await refusalOf(loggingOut(undefined, late.refreshToken))).toBe('REFRESH_TOKEN_EXPIRED');
  expect(await refusalOf(loggingOut(undefined, ended.refreshToken))).toBe('REFRESH_TOKEN_INVALID');
});

test('a logout ends only its own session', async () => {
  const person = await newAccount();
  const here = await logIn(t, person);
  const there = await logIn(t, person);
  await loggingOut(here.identity);
  expect(await refusalOf(t.authenticate(there.accessToken))).toBe('none');
  const [row] = await t.deps.db.select().from(sessions).where(eq(sessions.id, here.identity.sessionId));
  expect(row).toMatchObject({ revokeReason: 'logout', revokedAt: t.clock.now() });
});
