import { createMoonlightClient } from '@moonlight/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { password } from '../src/people.ts';
import { tokenIn } from '../src/mailbox.ts';
import { type Stack, startStack } from '../src/start-stack.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ env: { CAPTCHA_PROVIDER: 'none' } });
});
afterAll(() => stack.close());

const clientOf = (url = stack.url) => createMoonlightClient({ url });
const refusedAs = (error: string) => ({ data: { error } });

test('people are told what is taken, what is free and what is unknown, and nobody waits for having asked', async () => {
  const client = clientOf();
  const email = 'carol@example.com';
  const account = { email, username: 'carol', password };
  expect(await client.auth.checkEmail.mutate({ email })).toEqual({ exists: false });
  await client.auth.register.mutate(account);
  expect(await client.auth.checkEmail.mutate({ email: 'CAROL@example.com' })).toEqual({ exists: true });
  for (const more of [{ email: 'Carol@Example.com' }, {}])
    await expect(client.auth.register.mutate({ ...account, ...more })).rejects.toMatchObject({
      message: 'user already exists',
      ...refusedAs('EMAIL_TAKEN'),
    });
  const other = { ...account, email: 'carol2@example.com' };
  await expect(client.auth.register.mutate({ ...other, username: 'CAROL' })).rejects.toMatchObject({
    message: 'username already taken',
    ...refusedAs('USERNAME_TAKEN'),
  });
  expect((await client.auth.register.mutate({ ...other, username: 'carol2' })).user.email).toBe(other.email);

  await expect(client.auth.sendCode.mutate({ email, type: 'register' })).rejects.toMatchObject(
    refusedAs('EMAIL_TAKEN'),
  );
  await expect(client.passwordReset.send.mutate({ email: 'nobody@example.com' })).rejects.toMatchObject({
    message: 'This email is not registered',
    ...refusedAs('EMAIL_NOT_REGISTERED'),
  });
  await stack.mailsSettled();
  expect((await stack.mailbox.here()).map(({ to }) => to[0])).toEqual([email, other.email]);
});

test('an unverified account may log in, unless the service wants it verified first', async () => {
  const email = 'dave@example.com';
  await clientOf().auth.register.mutate({ email, username: 'dave', password });
  const { user } = await clientOf().auth.login.mutate({ email, password });
  expect(user.isEmailVerified).toBe(false);

  const { url } = await stack.start('api', { REQUIRE_VERIFIED_EMAIL: 'true' });
  await expect(clientOf(url).auth.login.mutate({ email, password: 'wrong' })).rejects.toMatchObject(
    refusedAs('INVALID_CREDENTIALS'),
  );
  await expect(clientOf(url).auth.login.mutate({ email, password })).rejects.toMatchObject({
    message: 'Verify your email first',
    ...refusedAs('EMAIL_NOT_VERIFIED'),
  });
  await clientOf(url).emailVerification.confirm.mutate({ token: tokenIn(await stack.mailbox.next(email)) });
  expect((await clientOf(url).auth.login.mutate({ email, password })).user.isEmailVerified).toBe(true);
});

test('a password everybody tries first, or one that is the account itself, is refused', async () => {
  const account = { email: 'erin.the.third@example.com', username: 'erin_the_third' };
  for (const common of ['password123', 'Erin.The.Third@example.com', 'ERIN_the_third'])
    await expect(clientOf().auth.register.mutate({ ...account, password: common })).rejects.toMatchObject({
      message: 'This password is too common',
      ...refusedAs('PASSWORD_TOO_COMMON'),
    });
});
