import { createMoonlightClient, memoryStore } from '@moonlight/client';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tokenIn } from '../src/mailbox.ts';
import { password, register, registerAndLogIn } from '../src/people.ts';
import { restOf } from '../src/rest.ts';
import { PUBLIC_URL, type Stack, startStack } from '../src/start-stack.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.close());

const clientOf = () => createMoonlightClient({ url: stack.url });
const refusedAs = (error: string) => ({ data: { error } });

test('a user logs in, reads the profile, refreshes and logs out', async () => {
  const { email, username } = await register(stack.url);
  const store = memoryStore();
  const client = createMoonlightClient({ url: stack.url, session: store });
  const { user, tokens } = await client.auth.login.mutate({ email, password });
  expect(user).toMatchObject({ email, username, isActive: true, locale: 'en' });
  expect(tokens).toMatchObject({ tokenType: 'bearer', expiresIn: 1800 });
  expect(await client.account.profile.query()).toEqual(user);

  await store.set({ ...(await store.get())!, expiresAt: Date.now() });
  expect(await client.account.profile.query()).toEqual(user);
  const renewed = (await store.get())!;
  expect(renewed.accessToken).not.toBe(tokens.accessToken);
  expect(renewed.refreshToken).not.toBe(tokens.refreshToken);

  expect(await client.auth.logout.mutate()).toBeNull();
  const headers = { authorization: `Bearer ${renewed.accessToken}` };
  const answer = await fetch(`${stack.url}/api/v1/auth/profile`, { headers });
  expect([answer.status, await answer.json()]).toMatchObject([401, { error: 'TOKEN_INVALID' }]);
  await expect(clientOf().auth.refresh.mutate(renewed)).rejects.toMatchObject(refusedAs('VALIDATION_FAILED'));
  const { refreshToken } = renewed;
  await expect(clientOf().auth.refresh.mutate({ refreshToken })).rejects.toMatchObject(
    refusedAs('REFRESH_TOKEN_INVALID'),
  );
  await expect(clientOf().auth.logout.mutate({ refreshToken })).rejects.toMatchObject(
    refusedAs('REFRESH_TOKEN_INVALID'),
  );
});

test('a wrong password and an unknown address get the same answer', async () => {
  const { email } = await register(stack.url);
  for (const attempt of [
    { email, password: `${password}?` },
    { email: 'nobody@example.com', password },
  ]) {
    await expect(clientOf().auth.login.mutate(attempt)).rejects.toMatchObject({
      message: 'Invalid credentials, incorrect email or password',
      ...refusedAs('INVALID_CREDENTIALS'),
    });
  }
});

test('an access token can be verified by other services', async () => {
  const { client } = await registerAndLogIn(stack.url);
  const keys = createRemoteJWKSet(new URL(`${stack.url}/.well-known/jwks.json`));
  const { id } = await client.account.profile.query();
  const { payload, protectedHeader } = await jwtVerify((await client.accessToken())!, keys, {
    issuer: PUBLIC_URL,
    audience: PUBLIC_URL,
    typ: 'at+jwt',
    algorithms: ['ES256'],
  });
  expect(protectedHeader.kid).toBeTypeOf('string');
  expect(payload).toMatchObject({ sub: id, type: 'access', sid: expect.any(String), jti: expect.any(String) });
  expect(payload.exp! - payload.iat!).toBe(1800);
});

test('twenty concurrent refreshes of one token return the same successor', async () => {
  const { store } = await registerAndLogIn(stack.url);
  const { refreshToken } = (await store.get())!;
  const answers = await Promise.all(Array.from({ length: 20 }, () => clientOf().auth.refresh.mutate({ refreshToken })));
  expect(new Set(answers.map((answer) => answer.refreshToken)).size).toBe(1);
  expect(answers[0]?.refreshToken).not.toBe(refreshToken);
});

test('a session lives for seven days after its last refresh, and ninety days at most', async () => {
  const { store } = await registerAndLogIn(stack.url);
  const day = 86_400;
  let { refreshToken } = (await store.get())!;
  for (let days = 0; days + 6 < 90; days += 6) {
    await stack.sql.passTime(6 * day);
    ({ refreshToken } = await clientOf().auth.refresh.mutate({ refreshToken }));
  }
  await stack.sql.passTime(6 * day);
  const last = { refreshToken };
  await expect(clientOf().auth.refresh.mutate(last)).rejects.toMatchObject(refusedAs('REFRESH_TOKEN_EXPIRED'));

  const other = await registerAndLogIn(stack.url);
  const idle = { refreshToken: (await other.store.get())!.refreshToken };
  await stack.sql.passTime(7 * day);
  await expect(clientOf().auth.refresh.mutate(idle)).rejects.toMatchObject(refusedAs('REFRESH_TOKEN_EXPIRED'));
});

test('a user lists the sessions, ends one, then all others', async () => {
  const { client, email } = await registerAndLogIn(stack.url);
  const others = [clientOf(), clientOf(), clientOf()] as const;
  for (const other of others) await other.auth.login.mutate({ email, password });
  const [lost, ...rest] = others;
  const list = await lost.sessions.list.query();
  expect(list).toHaveLength(4);
  expect(list.filter(({ current }) => current)).toHaveLength(1);
  expect(list[0]).toMatchObject({ ip: '127.0.0.1', userAgent: 'node' });

  await client.sessions.revoke.mutate({ id: list.find(({ current }) => current)!.id });
  await expect(lost.account.profile.query()).rejects.toMatchObject(refusedAs('REFRESH_TOKEN_INVALID'));
  expect(await client.sessions.revokeOthers.mutate()).toEqual({ revoked: 2 });
  for (const other of rest) expect(await other.restore()).toBe(true);
  for (const other of rest)
    await expect(other.account.profile.query()).rejects.toMatchObject(refusedAs('REFRESH_TOKEN_INVALID'));
});

const refresh = (refreshToken: string) =>
  createMoonlightClient({ url: stack.url }).auth.refresh.mutate({ refreshToken });
const profileWith = (token: string) => restOf(stack.url)('GET /api/v1/auth/profile', undefined, { token });

/** A verified user who has just refreshed twice, with the tokens of all three generations. */
const threeGenerations = async () => {
  const { client, email, store } = await registerAndLogIn(stack.url);
  await client.emailVerification.confirm.mutate({ token: tokenIn(await stack.mailbox.next(email)) });
  const { id } = await client.account.profile.query();
  const grandparent = (await store.get())!;
  const parent = await refresh(grandparent.refreshToken);
  const child = await refresh(parent.refreshToken);
  return { id, email, grandparent, parent, child };
};

test('a refresh token that is two generations old ends the session at once, and its user is told by mail', async () => {
  const { id, email, grandparent, parent, child } = await threeGenerations();
  const elsewhere = createMoonlightClient({ url: stack.url });
  await elsewhere.auth.login.mutate({ email, password });

  await expect(refresh(grandparent.refreshToken)).rejects.toMatchObject({
    message: 'Refresh token reused',
    ...refusedAs('REFRESH_TOKEN_REUSED'),
  });
  for (const token of [grandparent.accessToken, parent.accessToken, child.accessToken])
    expect(await profileWith(token)).toMatchObject({ status: 401, body: { error: 'TOKEN_INVALID' } });
  for (const { refreshToken } of [child, parent, grandparent])
    await expect(refresh(refreshToken)).rejects.toMatchObject(refusedAs('REFRESH_TOKEN_INVALID'));

  const notice = await stack.mailbox.next(email);
  expect(notice.subject).toBe('We logged a device out of your account at Moonlight');
  expect(notice.text).toContain('IP address: 127.0.0.1');
  expect(await elsewhere.account.profile.query()).toMatchObject({ email });
  const audited = 'select event, ip from audit_log where user_id = $1 and event = $2';
  expect(await stack.sql.query(audited, [id, 'refresh_reused'])).toEqual([
    { event: 'refresh_reused', ip: '127.0.0.1' },
  ]);
});

test('the previous refresh token returns the same successor for ten seconds, then ends the session', async () => {
  const { email, parent, child } = await threeGenerations();
  await stack.sql.passTime(4);
  const again = await refresh(parent.refreshToken);
  expect(again.refreshToken).toBe(child.refreshToken);
  expect((await profileWith(again.accessToken)).status).toBe(200);

  await stack.sql.passTime(6);
  await expect(refresh(parent.refreshToken)).rejects.toMatchObject(refusedAs('REFRESH_TOKEN_REUSED'));
  expect((await profileWith(child.accessToken)).status).toBe(401);
  expect(await stack.mailbox.next(email)).toMatchObject({
    subject: 'We logged a device out of your account at Moonlight',
  });
});

test('twenty concurrent reuses end the session once and send one mail', async () => {
  const { email, grandparent } = await threeGenerations();
  const answers = await Promise.allSettled(Array.from({ length: 20 }, () => refresh(grandparent.refreshToken)));
  const codes = answers.map((answer) => answer.status === 'rejected' && answer.reason.data.error);
  expect(codes.filter((code) => code === 'REFRESH_TOKEN_REUSED')).toHaveLength(1);
  expect(codes.filter((code) => code === 'REFRESH_TOKEN_INVALID')).toHaveLength(19);
  await stack.mailsSettled();
  expect(await stack.mailbox.here(email)).toHaveLength(2);
});

test('a forged refresh token does not end the session', async () => {
  const { child } = await threeGenerations();
  const forged = `${child.refreshToken.slice(0, -4)}${child.refreshToken.endsWith('AAAA') ? 'BBBB' : 'AAAA'}`;
  for (const token of [forged, 'garbage', child.accessToken.slice(0, 500)])
    await expect(refresh(token)).rejects.toMatchObject(refusedAs('REFRESH_TOKEN_INVALID'));
  expect((await profileWith(child.accessToken)).status).toBe(200);
  expect((await refresh(child.refreshToken)).refreshToken).not.toBe(child.refreshToken);
});
