import { auditLog, sessions } from '@moonlight/db';
import { and, eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestAuth, type TestAuth } from '../testing/create-test-auth.ts';
import { refusalOf, sideBySide, logIn, registerByLink, tally } from '../testing/people.ts';
import { testRequest } from '../testing/test-inputs.ts';

let t: TestAuth;
beforeAll(async () => {
  t = await createTestAuth();
});
afterAll(() => t.close());

const refresh = (refreshToken: string, request = testRequest()) => t.refresh({ refreshToken }, request);
const newSession = async () => {
  const { person } = await registerByLink(t);
  return { person, ...(await logIn(t, person)) };
};

test('the previous token gets the very successor again within 10 s, and is theft from then on', async () => {
  const first = await newSession();
  const second = await refresh(first.refreshToken);
  t.clock.advance(9.999);
  const again = await refresh(first.refreshToken);
  expect(again.refreshToken).toBe(second.refreshToken);
  expect(again.accessToken).not.toBe(second.accessToken);
  // Answering again does not open the window anew.
  t.clock.advance(0.001);
  expect(await refusalOf(refresh(first.refreshToken))).toBe('REFRESH_TOKEN_REUSED');
  expect(await refusalOf(refresh(second.refreshToken))).toBe('REFRESH_TOKEN_INVALID');
});

test('a token two generations old is theft even within the window: session and access tokens end at once', async () => {
  const first = await newSession();
  const second = await refresh(first.refreshToken);
  const third = await refresh(second.refreshToken);
  expect(await refusalOf(refresh(first.refreshToken))).toBe('REFRESH_TOKEN_REUSED');
  for (const { refreshToken } of [first, second, third])
    expect(await refusalOf(refresh(refreshToken))).toBe('REFRESH_TOKEN_INVALID');
  for (const { accessToken } of [first, second, third])
    expect(await refusalOf(t.authenticate(accessToken))).toBe('TOKEN_INVALID');
});

test('theft ends this session and no other of the account', async () => {
  const first = await newSession();
  const elsewhere = await logIn(t, first.person);
  await refresh(first.refreshToken);
  t.clock.advance(10);
  expect(await refusalOf(refresh(first.refreshToken))).toBe('REFRESH_TOKEN_REUSED');
  expect(await refusalOf(refresh(elsewhere.refreshToken))).toBe('none');
});

test('theft is on record and mailed to the owner, once however often the token is presented', async () => {
  const first = await newSession();
  const { user, sessionId } = first.identity;
  await refresh(first.refreshToken);
  t.clock.advance(10);
  const thief = testRequest({ userAgent: 'Thief/6.6' });
  const outcomes = await sideBySide(6, () => refusalOf(refresh(first.refreshToken, thief)));
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

test('without a grace window the second presentation is theft', async () => {
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
