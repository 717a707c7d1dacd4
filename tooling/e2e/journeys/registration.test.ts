import { solveAltcha } from '@moonlight/auth/testing';
import { createMoonlightClient } from '@moonlight/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { codeIn, linkIn, tokenIn } from '../src/mailbox.ts';
import { password } from '../src/people.ts';
import { FRONTEND_URL, type Stack, startStack } from '../src/start-stack.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.close());

const clientOf = () => createMoonlightClient({ url: stack.url });
const refusedAs = (error: string) => ({ data: { error } });

test('a user registers, reads the mail, opens its link, and is verified', async () => {
  const client = clientOf();
  const email = 'Alice@Example.com';
  const { user, tokens } = await client.auth.register.mutate({ email, username: 'alice', password });
  expect(user).toMatchObject({ email, username: 'alice', isEmailVerified: false, emailVerifiedAt: null });
  expect(tokens).toBeNull();

  const mail = await stack.mailbox.next(email);
  expect(mail).toMatchObject({ subject: 'Verify your email for Moonlight', to: ['Alice@example.com'] });
  expect(mail.from).toBe('Moonlight <no-reply@accounts.example.com>');
  expect(mail.text).toContain('This link is valid for 15 minutes.');
  const link = linkIn(mail);
  expect(link).toMatch(new RegExp(`^${FRONTEND_URL}/verify-email\\?token=[\\w-]{43}$`));
  expect(mail.html).toContain(link);

  await client.auth.login.mutate({ email: 'alice@EXAMPLE.com', password });
  expect(await client.account.profile.query()).toMatchObject({ isEmailVerified: false });
  const token = tokenIn(mail);
  expect(await clientOf().emailVerification.confirm.mutate({ token })).toEqual({ status: 'verified' });
  const profile = await client.account.profile.query();
  expect(profile).toMatchObject({ id: user.id, email, username: 'alice', isEmailVerified: true });
  expect(Date.parse(profile.emailVerifiedAt!)).toBeGreaterThan(Date.parse(profile.createdAt));
});

test('two concurrent registrations of one address create one account and send one mail', async () => {
  const emails = ['twin@example.com', 'TWIN@example.com'];
  const answers = await Promise.allSettled(
    emails.map((email, index) => clientOf().auth.register.mutate({ email, username: `twin_${index}`, password })),
  );
  expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(answers.find(({ status }) => status === 'rejected')).toMatchObject({
    reason: { message: 'user already exists', data: { error: 'EMAIL_TAKEN' } },
  });
  await stack.mailbox.next('twin@example.com');
  await stack.mailsSettled();
  expect(await stack.mailbox.here('twin@example.com')).toHaveLength(1);
});

test('a common password, or one that equals the email or username, is refused', async () => {
  const account = { email: 'erin.the.third@example.com', username: 'erin_the_third' };
  for (const common of ['password123', 'Erin.The.Third@example.com', 'ERIN_the_third'])
    await expect(clientOf().auth.register.mutate({ ...account, password: common })).rejects.toMatchObject({
      message: 'This password is too common',
      ...refusedAs('PASSWORD_TOO_COMMON'),
    });
});

test('the owner of an address takes over an account that another user registered with it, by a password reset', async () => {
  const email = 'owner@example.com';
  const [other, owner] = [clientOf(), clientOf()];
  await other.auth.register.mutate({ email, username: 'other_user', password: 'known to the other user' });
  await other.auth.login.mutate({ email, password: 'known to the other user' });
  const othersLink = tokenIn(await stack.mailbox.next(email));

  // The owner does not open the link of that mail, and later registers.
  await expect(owner.auth.register.mutate({ email, username: 'owner', password })).rejects.toMatchObject(
    refusedAs('EMAIL_TAKEN'),
  );
  const captcha = await solveAltcha(await owner.captcha.challenge.query());
  await owner.passwordReset.send.mutate({ email, captcha });
  const token = tokenIn(await stack.mailbox.next(email));
  await owner.passwordReset.confirm.mutate({ token, newPassword: password });

  await expect(other.account.profile.query()).rejects.toMatchObject(refusedAs('REFRESH_TOKEN_INVALID'));
  await expect(other.auth.login.mutate({ email, password: 'known to the other user' })).rejects.toMatchObject(
    refusedAs('INVALID_CREDENTIALS'),
  );
  const { user } = await owner.auth.login.mutate({ email, password });
  expect(user).toMatchObject({ email, isEmailVerified: true });
  expect(await owner.sessions.list.query()).toHaveLength(1);
  expect(await other.emailVerification.confirm.mutate({ token: othersLink })).toEqual({
    status: 'already_verified',
  });
});

test('an account that was never verified or used is removed after a day: its address and name are free again', async () => {
  const email = 'forgotten@example.com';
  await clientOf().auth.register.mutate({ email, username: 'forgotten', password: 'known to the other user' });
  await stack.mailbox.next(email);
  await stack.sql.passTime(86_400);
  const owner = clientOf();
  expect(await owner.auth.checkEmail.mutate({ email })).toEqual({ exists: false });
  await owner.auth.sendCode.mutate({ email, type: 'register' });
  const code = codeIn(await stack.mailbox.next(email));
  const { user } = await owner.auth.register.mutate({ email, username: 'Forgotten', password, code });
  expect(user).toMatchObject({ email, username: 'Forgotten', isEmailVerified: true });
});

test('the owner of an address takes over such an account by a code, too', async () => {
  const email = 'second@example.com';
  const other = clientOf();
  await other.auth.register.mutate({ email, username: 'second', password: 'known to the other user' });
  await stack.mailbox.next(email);
  await other.auth.login.mutate({ email, password: 'known to the other user' });
  await clientOf().auth.sendCode.mutate({ email, type: 'reset_password' });
  const code = codeIn(await stack.mailbox.next(email));
  await clientOf().passwordReset.confirm.mutate({ email, code, newPassword: password });
  await expect(other.account.profile.query()).rejects.toMatchObject(refusedAs('REFRESH_TOKEN_INVALID'));
  expect((await clientOf().auth.login.mutate({ email, password })).user.isEmailVerified).toBe(true);
});
