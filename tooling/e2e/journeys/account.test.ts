import { createMoonlightClient } from '@moonlight/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tokenIn } from '../src/mailbox.ts';
import { password, registerAndLogIn } from '../src/people.ts';
import { type Stack, startStack } from '../src/start-stack.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.close());

const clientOf = () => createMoonlightClient({ url: stack.url });
const refusedAs = (error: string) => ({ data: { error } });

test('changing the password ends the other sessions, and the user is told by mail', async () => {
  const { client, email } = await registerAndLogIn(stack.url);
  await client.emailVerification.confirm.mutate({ token: tokenIn(await stack.mailbox.next(email)) });
  const second = clientOf();
  await second.auth.login.mutate({ email, password });
  const newPassword = 'an even longer night';
  await client.account.changePassword.mutate({ currentPassword: password, newPassword });
  await expect(second.account.profile.query()).rejects.toMatchObject(refusedAs('REFRESH_TOKEN_INVALID'));
  expect(await client.sessions.list.query()).toHaveLength(1);
  expect(await stack.mailbox.next(email)).toMatchObject({ subject: 'Your password for Moonlight was changed' });
  await expect(clientOf().auth.login.mutate({ email, password })).rejects.toMatchObject(
    refusedAs('INVALID_CREDENTIALS'),
  );
});

test('a disabled account is refused at once, and a deleted one is not found', async () => {
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
