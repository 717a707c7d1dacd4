import { newId, systemRandom } from '../system.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestAuth, type TestAuth } from '../testing/create-test-auth.ts';
import { refusalOf, logIn, registerByLink } from '../testing/people.ts';
import { testRequest } from '../testing/test-inputs.ts';
import { endOtherSessions, endSession, listSessions } from './manage-sessions.ts';

let t: TestAuth;
beforeAll(async () => {
  t = await createTestAuth();
});
afterAll(() => t.close());

const end = (identity: Awaited<ReturnType<typeof logIn>>['identity'], id: string) =>
  endSession(t.deps, { input: { id }, identity }, testRequest());

test('the list shows where the account is logged in, the last used first', async () => {
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

test('a session of the account can be ended once, and its tokens are dead', async () => {
  const { person } = await registerByLink(t);
  const { identity } = await logIn(t, person);
  const other = await logIn(t, person);
  expect(await end(identity, other.identity.sessionId)).toBeNull();
  expect(await refusalOf(t.authenticate(other.accessToken))).toBe('TOKEN_INVALID');
  expect(await refusalOf(t.refresh({ refreshToken: other.refreshToken }, testRequest()))).toBe('REFRESH_TOKEN_INVALID');
  expect(await refusalOf(end(identity, other.identity.sessionId))).toBe('SESSION_NOT_FOUND');
});

test("another account's session is not found like one that never was, and goes on", async () => {
  const { identity } = await logIn(t, (await registerByLink(t)).person);
  const stranger = await logIn(t, (await registerByLink(t)).person);
  expect(await refusalOf(end(identity, stranger.identity.sessionId))).toBe('SESSION_NOT_FOUND');
  expect(await refusalOf(end(identity, newId(systemRandom, t.clock.now())))).toBe('SESSION_NOT_FOUND');
  expect(await refusalOf(t.authenticate(stranger.accessToken))).toBe('none');
});

test('all others can be ended at once; strangers and the own session go on', async () => {
  const { person } = await registerByLink(t);
  const { accessToken, identity } = await logIn(t, person);
  const others = [await logIn(t, person), await logIn(t, person)];
  const stranger = await logIn(t, (await registerByLink(t)).person);
  expect(await endOtherSessions(t.deps, identity, testRequest())).toEqual({ revoked: 2 });
  for (const other of others) expect(await refusalOf(t.authenticate(other.accessToken))).toBe('TOKEN_INVALID');
  for (const token of [accessToken, stranger.accessToken]) expect(await refusalOf(t.authenticate(token))).toBe('none');
  expect(await endOtherSessions(t.deps, identity, testRequest())).toEqual({ revoked: 0 });
});
