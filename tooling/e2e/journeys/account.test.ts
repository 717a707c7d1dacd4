import { createMoonlightClient } from '@moonlight/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../src/concurrency.ts';
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

test('a loop of password changes mails three notices, and the others in one mail when the hour has ended', async () => {
  const { client, email } = await registerAndLogIn(stack.url);
  const { client: attacker, email: stranger } = await registerAndLogIn(stack.url);
  await client.emailVerification.confirm.mutate({ token: tokenIn(await stack.mailbox.next(email)) });
  for (const each of [client, attacker])
    for (let count = 0; count < 10; count += 1) {
      const currentPassword = count === 0 ? password : `${password} ${count - 1}`;
      await each.account.changePassword.mutate({ currentPassword, newPassword: `${password} ${count}` });
    }
  await stack.mailsSettled();
  expect(await stack.mailbox.here(email)).toHaveLength(1 + 3);
  // The address was never verified: it may be a stranger's, and gets nothing but the verification link.
  expect(await stack.mailbox.here(stranger)).toHaveLength(1);

  await stack.sql.passTime(3600);
  // A worker merges the notices when it starts, and every minute.
  await stack.start('worker');
  for (let notices = 0; notices < 3; notices += 1) await stack.mailbox.next(email);
  const merged = await stack.mailbox.next(email);
  expect(merged.subject).toBe('More security notices for your account at Moonlight');
  expect(merged.text).toContain('Your password was changed: 7 times, most recently on ');
  await stack.mailsSettled();
  expect(await stack.mailbox.here(email)).toHaveLength(1 + 3 + 1);
  expect(await stack.mailbox.here(stranger)).toHaveLength(1);
});

test('a worker erases an account whose deletion is due, and its address is free', async () => {
  const { client, email } = await registerAndLogIn(stack.url);
  const count = 'select count(*)::int as count from users where email = $1';
  await stack.sql.query("update users set deletes_at = now() - interval '1 second' where email = $1", [email]);
  // A worker erases when it starts, and every minute.
  await stack.start('worker');
  await until(async () => expect(await stack.sql.query(count, [email])).toEqual([{ count: 0 }]));
  await expect(client.account.profile.query()).rejects.toMatchObject(refusedAs('REFRESH_TOKEN_INVALID'));
  expect(await clientOf().auth.checkEmail.mutate({ email })).toEqual({ exists: false });
});
