import { createMoonlightClient } from '@moonlight/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { password } from '../src/people.ts';
import { linkIn, tokenIn } from '../src/mailbox.ts';
import { FRONTEND_URL, type Stack, startStack } from '../src/start-stack.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.close());

const clientOf = () => createMoonlightClient({ url: stack.url });

const registered = async (username: string) => {
  const client = clientOf();
  const email = `${username}@example.com`;
  await client.auth.register.mutate({ email, username, password });
  const mail = await stack.mailbox.next(email);
  await client.auth.login.mutate({ email, password });
  return { client, email, token: tokenIn(mail) };
};

test('a stranger registers, reads the mail, opens its link, and is verified', async () => {
  const client = clientOf();
  const email = 'Alice@Example.com';
  const { user, tokens } = await client.auth.register.mutate({ email, username: 'alice', password });
  expect(user).toMatchObject({ email, username: 'alice', isEmailVerified: false, emailVerifiedAt: null });
  expect(tokens).toBeNull();

  const mail = await stack.mailbox.next(email);
  expect(mail).toMatchObject({ subject: 'Verify your e-mail address for Moonlight', to: ['Alice@example.com'] });
  expect(mail.from).toBe('Moonlight <no-reply@accounts.example.com>');
  expect(mail.text).toContain('The link is valid for 15 minutes.');
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

test('the same link again, much later, says that all is done', async () => {
  const { client, token } = await registered('again');
  await client.emailVerification.confirm.mutate({ token });
  await stack.sql.passTime(40 * 60);
  expect(await client.emailVerification.confirm.mutate({ token })).toEqual({ status: 'already_verified' });
  await expect(client.emailVerification.send.mutate()).rejects.toMatchObject({
    data: { error: 'EMAIL_ALREADY_VERIFIED' },
  });
});

test('a new link waits for its minute, and makes the older one worthless', async () => {
  const { client, email, token } = await registered('newer');
  await expect(client.emailVerification.send.mutate()).rejects.toMatchObject({
    data: { error: 'RATE_LIMITED', retryAfter: expect.toSatisfy((seconds) => seconds > 50 && seconds <= 60) },
  });
  await stack.sql.passTime(61);
  expect(await client.emailVerification.send.mutate()).toEqual({ email, expiresIn: 900, retryAfter: 60 });
  const newer = tokenIn(await stack.mailbox.next(email));
  await expect(client.emailVerification.confirm.mutate({ token })).rejects.toMatchObject({
    data: { error: 'LINK_INVALID' },
  });
  expect(await client.emailVerification.confirm.mutate({ token: newer })).toEqual({ status: 'verified' });
});

test('a link lives fifteen minutes, and one nobody made never lived', async () => {
  const { client, token } = await registered('late');
  await stack.sql.passTime(15 * 60);
  await expect(client.emailVerification.confirm.mutate({ token })).rejects.toMatchObject({
    message: 'Invalid or expired token',
    data: { error: 'LINK_EXPIRED' },
  });
  await expect(client.emailVerification.confirm.mutate({ token: 'A'.repeat(43) })).rejects.toMatchObject({
    data: { error: 'LINK_INVALID' },
  });
});

test('two registrations of one address at the same instant: one account, one mail', async () => {
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
