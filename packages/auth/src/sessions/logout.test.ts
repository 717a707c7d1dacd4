import { auditLog, sessions } from '@moonlight/db';
import { and, eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestAuth, type TestAuth } from '../testing/create-test-auth.ts';
import { type Person, refusalOf, sideBySide, logIn, registerByLink, tally } from '../testing/people.ts';
import { testRequest } from '../testing/test-inputs.ts';
import type { Identity } from './authenticate.ts';
import { logout } from './manage-sessions.ts';

let t: TestAuth;
beforeAll(async () => {
  t = await createTestAuth();
});
afterAll(() => t.close());

const leave = (identity: Identity | undefined, refreshToken?: string) =>
  logout(t.deps, { input: refreshToken === undefined ? undefined : { refreshToken }, identity }, testRequest());
const refresh = (refreshToken: string) => t.refresh({ refreshToken }, testRequest());

const somebody = async (): Promise<Person> => (await registerByLink(t)).person;

test('after a logout by bearer both tokens are dead, on every replica, and it is on record', async () => {
  const { accessToken, refreshToken, identity } = await logIn(t, await somebody());
  const replica = await createTestAuth({ database: t.database, clock: t.clock });
  expect((await replica.authenticate(accessToken)).sessionId).toBe(identity.sessionId);
  expect(await leave(identity)).toBeNull();
  expect(await refusalOf(replica.authenticate(accessToken))).toBe('TOKEN_INVALID');
  expect(await refusalOf(refresh(refreshToken))).toBe('REFRESH_TOKEN_INVALID');
  const isOurs = and(eq(auditLog.userId, identity.user.id), eq(auditLog.event, 'logged_out'));
  expect(await t.deps.db.select().from(auditLog).where(isOurs)).toMatchObject([
    { details: { sessionId: identity.sessionId } },
  ]);
  await replica.close();
});

test('a refresh token ends its session without a bearer, superseded or not', async () => {
  const person = await somebody();
  const current = await logIn(t, person);
  expect(await leave(undefined, current.refreshToken)).toBeNull();
  expect(await refusalOf(t.authenticate(current.accessToken))).toBe('TOKEN_INVALID');

  const first = await logIn(t, person);
  const second = await refresh(first.refreshToken);
  t.clock.advance(3600);
  expect(await leave(undefined, first.refreshToken)).toBeNull();
  expect(await refusalOf(refresh(second.refreshToken))).toBe('REFRESH_TOKEN_INVALID');
});

test('a bearer with the refresh token of its session, superseded or not, ends it', async () => {
  const first = await logIn(t, await somebody());
  await refresh(first.refreshToken);
  expect(await leave(first.identity, first.refreshToken)).toBeNull();
});

test('a refresh token of another session, or an unknown one, beside a bearer: refused, and nothing ends', async () => {
  const person = await somebody();
  const here = await logIn(t, person);
  const there = await logIn(t, person);
  for (const refreshToken of [there.refreshToken, 'unknown'])
    expect(await refusalOf(leave(here.identity, refreshToken))).toBe('REFRESH_TOKEN_INVALID');
  for (const { accessToken } of [here, there]) expect(await refusalOf(t.authenticate(accessToken))).toBe('none');
});

test('a second logout is refused, whatever it comes with', async () => {
  const { identity, refreshToken } = await logIn(t, await somebody());
  await leave(identity);
  expect(await refusalOf(leave(identity))).toBe('TOKEN_INVALID');
  expect(await refusalOf(leave(undefined, refreshToken))).toBe('REFRESH_TOKEN_INVALID');
});

test('of many logouts at the same instant one ends the session', async () => {
  const { identity } = await logIn(t, await somebody());
  expect(tally(await sideBySide(5, () => refusalOf(leave(identity))))).toEqual({ none: 1, TOKEN_INVALID: 4 });
});

test('nothing at all is MISSING_TOKEN', async () => {
  expect(await refusalOf(leave(undefined))).toBe('MISSING_TOKEN');
});

test('a refresh token past its life is expired, and one of an ended session invalid even then', async () => {
  const person = await somebody();
  const late = await logIn(t, person);
  const ended = await logIn(t, person);
  await leave(ended.identity);
  t.clock.advance(7 * 86_400);
  expect(await refusalOf(leave(undefined, late.refreshToken))).toBe('REFRESH_TOKEN_EXPIRED');
  expect(await refusalOf(leave(undefined, ended.refreshToken))).toBe('REFRESH_TOKEN_INVALID');
});

test('a logout ends this session alone', async () => {
  const person = await somebody();
  const here = await logIn(t, person);
  const there = await logIn(t, person);
  await leave(here.identity);
  expect(await refusalOf(t.authenticate(there.accessToken))).toBe('none');
  const [row] = await t.deps.db.select().from(sessions).where(eq(sessions.id, here.identity.sessionId));
  expect(row).toMatchObject({ revokeReason: 'logout', revokedAt: t.clock.now() });
});
