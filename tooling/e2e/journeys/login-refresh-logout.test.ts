import { createMoonlightClient, memoryStore } from '@moonlight/client';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { password, register, registerAndLogIn } from '../src/people.ts';
import { PUBLIC_URL, type Stack, startStack } from '../src/start-stack.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.close());

const clientOf = () => createMoonlightClient({ url: stack.url });
const refusedAs = (error: string) => ({ data: { error } });

test('log in, look at the profile, refresh, log out', async () => {
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

test('a wrong password and an unknown address are told the same', async () => {
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

test('an access token is what other services can check by themselves', async () => {
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

test('twenty refreshes of one token at once: one successor', async () => {
  const { store } = await registerAndLogIn(stack.url);
  const { refreshToken } = (await store.get())!;
  const answers = await Promise.all(Array.from({ length: 20 }, () => clientOf().auth.refresh.mutate({ refreshToken })));
  expect(new Set(answers.map((answer) => answer.refreshToken)).size).toBe(1);
  expect(answers[0]?.refreshToken).not.toBe(refreshToken);
});

test('a session lives seven days from its last refresh, and ninety at most', async () => {
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

test('the owner sees every session, ends one, then all others, and changes the password', async () => {
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

  const second = clientOf();
  await second.auth.login.mutate({ email, password });
  const newPassword = 'an even longer night';
  await client.account.changePassword.mutate({ currentPassword: password, newPassword });
  await expect(second.account.profile.query()).rejects.toMatchObject(refusedAs('REFRESH_TOKEN_INVALID'));
  expect(await client.sessions.list.query()).toHaveLength(1);
  await stack.mailbox.next(email);
  expect(await stack.mailbox.next(email)).toMatchObject({ subject: 'Your password for Moonlight was changed' });
  await expect(clientOf().auth.login.mutate({ email, password })).rejects.toMatchObject(
    refusedAs('INVALID_CREDENTIALS'),
  );
});

test('a disabled account is shut out at once, a deleted one is gone', async () => {
  const { client, email, store } = await registerAndLogIn(stack.url);
  const { refreshToken } = (await store.get())!;
  const login = () => clientOf().auth.login.mutate({ email, password });
  const setActive = (isActive: boolean) =>
    stack.sql.query('update users set is_active = $2 where email = $1', [email, isActive]);
  await setActive(false);
  await expect(client.account.profile.query()).rejects.toMatchObject(refusedAs('ACCOUNT_DISABLED'));
  await expect(client.auth.refresh.mutate({ refreshToken })).rejects.toMatchObject(refusedAs('ACCOUNT_DISABLED'));
  await expect(login()).rejects.toMatchObject(refusedAs('ACCOUNT_DISABLED'));
  await setActive(true);
  expect(await client.account.profile.query()).toMatchObject({ email });
  await stack.sql.query('delete from users where email = $1', [email]);
  const headers = { authorization: `Bearer ${(await store.get())!.accessToken}` };
  const answer = await fetch(`${stack.url}/api/v1/auth/profile`, { headers });
  expect([answer.status, await answer.json()]).toMatchObject([404, { error: 'USER_NOT_FOUND' }]);
  await expect(client.account.profile.query()).rejects.toMatchObject(refusedAs('REFRESH_TOKEN_INVALID'));
});
