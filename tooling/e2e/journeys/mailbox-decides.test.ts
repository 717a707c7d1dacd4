import { solveAltcha } from '@moonlight/auth/testing';
import { createMoonlightClient } from '@moonlight/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { password } from '../src/people.ts';
import { codeIn, tokenIn } from '../src/mailbox.ts';
import { type Stack, startStack } from '../src/start-stack.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.close());

const clientOf = () => createMoonlightClient({ url: stack.url });
const refusedAs = (error: string) => ({ data: { error } });

test('a stranger registers with my address and waits; I reset the password, and everything is mine', async () => {
  const email = 'owner@example.com';
  const [stranger, owner] = [clientOf(), clientOf()];
  await stranger.auth.register.mutate({ email, username: 'squatter', password: 'known to the stranger' });
  await stranger.auth.login.mutate({ email, password: 'known to the stranger' });
  const strangersLink = tokenIn(await stack.mailbox.next(email));

  // I did not ask for that mail, and leave its link alone. Then I want an account myself.
  await expect(owner.auth.register.mutate({ email, username: 'owner', password })).rejects.toMatchObject(
    refusedAs('EMAIL_TAKEN'),
  );
  const captcha = await solveAltcha(await owner.captcha.challenge.query());
  await owner.passwordReset.send.mutate({ email, captcha });
  const token = tokenIn(await stack.mailbox.next(email));
  await owner.passwordReset.confirm.mutate({ token, newPassword: password });

  await expect(stranger.account.profile.query()).rejects.toMatchObject(refusedAs('REFRESH_TOKEN_INVALID'));
  await expect(stranger.auth.login.mutate({ email, password: 'known to the stranger' })).rejects.toMatchObject(
    refusedAs('INVALID_CREDENTIALS'),
  );
  const { user } = await owner.auth.login.mutate({ email, password });
  expect(user).toMatchObject({ email, isEmailVerified: true });
  expect(await owner.sessions.list.query()).toHaveLength(1);
  expect(await stranger.emailVerification.confirm.mutate({ token: strangersLink })).toEqual({
    status: 'already_verified',
  });
});

test('an account that nobody verified or used is gone after a day: the address and the name are free again', async () => {
  const email = 'forgotten@example.com';
  await clientOf().auth.register.mutate({ email, username: 'forgotten', password: 'known to the stranger' });
  await stack.mailbox.next(email);
  await stack.sql.passTime(86_400);
  const owner = clientOf();
  expect(await owner.auth.checkEmail.mutate({ email })).toEqual({ exists: false });
  await owner.auth.sendCode.mutate({ email, type: 'register' });
  const code = codeIn(await stack.mailbox.next(email));
  const { user } = await owner.auth.register.mutate({ email, username: 'Forgotten', password, code });
  expect(user).toMatchObject({ email, username: 'Forgotten', isEmailVerified: true });
});

test('whoever holds the mailbox and nothing else gets in by a code as well', async () => {
  const email = 'second@example.com';
  const stranger = clientOf();
  await stranger.auth.register.mutate({ email, username: 'second', password: 'known to the stranger' });
  await stack.mailbox.next(email);
  await stranger.auth.login.mutate({ email, password: 'known to the stranger' });
  await clientOf().auth.sendCode.mutate({ email, type: 'reset_password' });
  const code = codeIn(await stack.mailbox.next(email));
  await clientOf().passwordReset.confirm.mutate({ email, code, newPassword: password });
  await expect(stranger.account.profile.query()).rejects.toMatchObject(refusedAs('REFRESH_TOKEN_INVALID'));
  expect((await clientOf().auth.login.mutate({ email, password })).user.isEmailVerified).toBe(true);
});
