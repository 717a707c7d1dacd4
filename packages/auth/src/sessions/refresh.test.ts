import { createSecretKey } from 'node:crypto';
import { auditLog, sessions, users } from '@moonlight/db';
import { and, eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestAuth, type TestAuth } from '../testing/create-test-auth.ts';
import { inParallel, logIn, refusalOf, registerByLink, registerVerified, tally } from '../testing/people.ts';
import { testRequest } from '../testing/test-inputs.ts';
import { issueRefreshToken } from '../tokens/opaque-tokens.ts';
import { logout } from './manage-sessions.ts';

const DAY = 86_400;

let t: TestAuth;
beforeAll(async () => {
  t = await createTestAuth();
});
afterAll(() => t.close());

const refresh = (refreshToken: string, request = testRequest()) => t.refresh({ refreshToken }, request);
const newSession = async () => {
  const { person, user } = await registerByLink(t);
  return { person, user, ...(await logIn(t, person)) };
};
const rowOf = async (id: string) => (await t.deps.db.select().from(sessions).where(eq(sessions.id, id)))[0];

test('a refresh returns two new tokens of the same session', async () => {
  const first = await newSession();
  t.clock.advance(1);
  const second = await refresh(first.refreshToken);
  expect(second).toMatchObject({ tokenType: 'bearer', expiresIn: 1800 });
  expect(second.refreshToken).not.toBe(first.refreshToken);
  expect(second.accessToken).not.toBe(first.accessToken);
  expect((await t.authenticate(second.accessToken)).sessionId).toBe(first.identity.sessionId);
  // The previous access token stays valid until it expires.
  expect((await t.authenticate(first.accessToken)).sessionId).toBe(first.identity.sessionId);
});

test('twenty parallel refreshes of one token return the same successor, on every replica', async () => {
  const { refreshToken, identity } = await newSession();
  const replica = await createTestAuth({ database: t.database, clock: t.clock });
  const answers = await inParallel(20, (index) =>
    (index % 2 === 0 ? t : replica).refresh({ refreshToken }, testRequest()),
  );
  expect(new Set(answers.map((tokens) => tokens.refreshToken)).size).toBe(1);
  expect(await rowOf(identity.sessionId)).toMatchObject({ counter: 1, revokedAt: null });
  for (const { accessToken } of answers)
    expect((await replica.authenticate(accessToken)).sessionId).toBe(identity.sessionId);
  await replica.close();
});

test('a rotation is one statement, and a session stays one row', async () => {
  let { refreshToken } = await newSession();
  const before = await t.deps.db.$count(sessions);
  t.statements();
  for (let times = 0; times < 30; times += 1) ({ refreshToken } = await refresh(refreshToken));
  const statements = t.statements();
  expect(statements).toHaveLength(30);
  expect(new Set(statements).size).toBe(1);
  expect(await t.deps.db.$count(sessions)).toBe(before);
});

test('garbage and forgeries are refused without a query', async () => {
  const { refreshToken, accessToken, identity } = await newSession();
  const foreign = issueRefreshToken(
    { secretId: 'foreign', key: createSecretKey(Buffer.alloc(32, 1)) },
    {
      sessionId: identity.sessionId,
      counter: 0,
    },
  );
  const flipped = `${refreshToken.slice(0, 30)}${refreshToken[30] === 'A' ? 'B' : 'A'}${refreshToken.slice(31)}`;
  t.statements();
  for (const token of [
    'x',
    '',
    'A'.repeat(71),
    `${refreshToken}A`,
    refreshToken.slice(1),
    foreign,
    flipped,
    accessToken,
  ])
    expect(await refusalOf(refresh(token))).toBe('REFRESH_TOKEN_INVALID');
  expect(t.statements()).toEqual([]);
});

test('a session expires exactly 7 days after its last refresh', async () => {
  const first = await newSession();
  t.clock.advance(7 * DAY - 0.001);
  const second = await refresh(first.refreshToken);
  t.clock.advance(7 * DAY);
  expect(await refusalOf(refresh(second.refreshToken))).toBe('REFRESH_TOKEN_EXPIRED');
  // A superseded token of an expired session is expired, and does not count as theft.
  expect(await refusalOf(refresh(first.refreshToken))).toBe('REFRESH_TOKEN_EXPIRED');
});

test('a session expires after 90 days, however often it is refreshed', async () => {
  const { identity, ...first } = await newSession();
  let { refreshToken } = first;
  for (let days = 6; days < 90; days += 6) {
    t.clock.advance(6 * DAY);
    ({ refreshToken } = await refresh(refreshToken));
  }
  const row = await rowOf(identity.sessionId);
  expect(row?.expiresAt.getTime()).toBe((row?.createdAt.getTime() ?? 0) + 90 * DAY * 1000);
  t.clock.advance(6 * DAY - 0.001);
  const last = await refresh(refreshToken);
  t.clock.advance(0.001);
  expect(await refusalOf(refresh(last.refreshToken))).toBe('REFRESH_TOKEN_EXPIRED');
  expect(await refusalOf(t.authenticate(last.accessToken))).toBe('TOKEN_INVALID');
});

test('an ended session is invalid, also after its lifetime', async () => {
  const { refreshToken, identity } = await newSession();
  await logout(t.deps, { input: {}, identity }, testRequest());
  expect(await refusalOf(refresh(refreshToken))).toBe('REFRESH_TOKEN_INVALID');
  t.clock.advance(8 * DAY);
  expect(await refusalOf(refresh(refreshToken))).toBe('REFRESH_TOKEN_INVALID');
});

test('a disabled account cannot refresh; after it is enabled again, the same token works', async () => {
  const { refreshToken, user } = await newSession();
  const setActive = (isActive: boolean) => t.deps.db.update(users).set({ isActive }).where(eq(users.id, user.id));
  await setActive(false);
  expect(await refusalOf(refresh(refreshToken))).toBe('ACCOUNT_DISABLED');
  await setActive(true);
  expect(await refusalOf(refresh(refreshToken))).toBe('none');
});

test('the refresh token of a deleted account is invalid', async () => {
  const { refreshToken, user } = await newSession();
  await t.deps.db.delete(users).where(eq(users.id, user.id));
  expect(await refusalOf(refresh(refreshToken))).toBe('REFRESH_TOKEN_INVALID');
});

test('a refresh token that this database never issued is invalid, and ends nothing', async () => {
  const { refreshToken, identity } = await newSession();
  const future = issueRefreshToken(t.deps.secrets.refreshToken[0], { sessionId: identity.sessionId, counter: 7 });
  expect(await refusalOf(refresh(future))).toBe('REFRESH_TOKEN_INVALID');
  expect(await refusalOf(refresh(refreshToken))).toBe('none');
});

test('another SECRET_KEY makes refresh tokens invalid', async () => {
  const { refreshToken } = await newSession();
  const other = await createTestAuth({ database: t.database, clock: t.clock, secretKey: 'another secret of tests' });
  expect(tally([await refusalOf(other.refresh({ refreshToken }, testRequest()))])).toEqual({
    REFRESH_TOKEN_INVALID: 1,
  });
  await other.close();
});

test('the previous token gets the same successor for exactly 10 s, and counts as theft after that', async () => {
  const first = await newSession();
  const second = await refresh(first.refreshToken);
  t.clock.advance(9.999);
  const again = await refresh(first.refreshToken);
  expect(again.refreshToken).toBe(second.refreshToken);
  expect(again.accessToken).not.toBe(second.accessToken);
  // A replay does not extend the window.
  t.clock.advance(0.001);
  expect(await refusalOf(refresh(first.refreshToken))).toBe('REFRESH_TOKEN_REUSED');
  expect(await refusalOf(refresh(second.refreshToken))).toBe('REFRESH_TOKEN_INVALID');
});

test('a token two generations old is theft even within the window: all tokens of the session become invalid', async () => {
  const first = await newSession();
  const second = await refresh(first.refreshToken);
  const third = await refresh(second.refreshToken);
  expect(await refusalOf(refresh(first.refreshToken))).toBe('REFRESH_TOKEN_REUSED');
  for (const { refreshToken } of [first, second, third])
    expect(await refusalOf(refresh(refreshToken))).toBe('REFRESH_TOKEN_INVALID');
  for (const { accessToken } of [first, second, third])
    expect(await refusalOf(t.authenticate(accessToken))).toBe('TOKEN_INVALID');
});

test('theft ends only this session of the account', async () => {
  const first = await newSession();
  const elsewhere = await logIn(t, first.person);
  await refresh(first.refreshToken);
  t.clock.advance(10);
  expect(await refusalOf(refresh(first.refreshToken))).toBe('REFRESH_TOKEN_REUSED');
  expect(await refusalOf(refresh(elsewhere.refreshToken))).toBe('none');
});

test('theft writes one audit entry and queues one alert, however often the token is used', async () => {
  const { person } = await registerVerified(t);
  const first = await logIn(t, person);
  const { user, sessionId } = first.identity;
  await refresh(first.refreshToken);
  t.clock.advance(10);
  const thief = testRequest({ userAgent: 'Thief/6.6' });
  const outcomes = await inParallel(6, () => refusalOf(refresh(first.refreshToken, thief)));
  expect(tally(outcomes)).toEqual({ REFRESH_TOKEN_REUSED: 1, REFRESH_TOKEN_INVALID: 5 });

  const [row] = await t.deps.db.select().from(sessions).where(eq(sessions.id, sessionId));
  expect(row).toMatchObject({ revokeReason: 'reuse', revokedAt: t.clock.now() });
  const isReuse = and(eq(auditLog.userId, user.id), eq(auditLog.event, 'refresh_reused'));
  const entries = await t.deps.db.select().from(auditLog).where(isReuse);
  const { ip, userAgent, requestId } = thief;
  expect(entries).toMatchObject([{ ip, userAgent, requestId, details: { sessionId }, at: t.clock.now() }]);
  const mails = (await t.mails()).filter((mail) => mail.kind === 'refresh-token-reuse-alert' && mail.to === user.email);
  expect(mails).toMatchObject([{ ip, userAgent, at: t.clock.now().toISOString(), username: user.username }]);
});

test('without a grace window the second use is theft', async () => {
  const first = await newSession();
  const strict = await createTestAuth({
    database: t.database,
    clock: t.clock,
    settings: { tokens: { reuseGraceSeconds: 0 } },
  });
  await refresh(first.refreshToken);
  expect(await refusalOf(strict.refresh({ refreshToken: first.refreshToken }, testRequest()))).toBe(
    'REFRESH_TOKEN_REUSED',
  );
  await strict.close();
});
