import { solveAltcha } from '@moonlight/auth/testing';
import { createMoonlightClient } from '@moonlight/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { password, register, registerAndLogIn } from '../src/people.ts';
import { race } from '../src/concurrency.ts';
import { linkIn, tokenIn } from '../src/mailbox.ts';
import { FRONTEND_URL, type Stack, startStack } from '../src/start-stack.ts';

let stack: Stack;
// A second API without a captcha, for tests that are not about it: solving one takes time.
let quickUrl: string;
beforeAll(async () => {
  stack = await startStack();
  quickUrl = (await stack.start('api', { CAPTCHA_PROVIDER: 'none' })).url;
});
afterAll(() => stack.close());

const clientOf = () => createMoonlightClient({ url: stack.url });
const refusedAs = (error: string) => ({ data: { error } });
const newPassword = 'a shorter, darker night';

const solved = async () => solveAltcha(await clientOf().captcha.challenge.query());

/** Requests a link and returns the token in the mail. */
const mailedToken = async (email: string) => {
  await createMoonlightClient({ url: quickUrl }).passwordReset.send.mutate({ email });
  return tokenIn(await stack.mailbox.next(email));
};

test('a user resets a forgotten password by a mailed link; every session ends and a notice is sent', async () => {
  const { client, email } = await registerAndLogIn(stack.url);
  await stack.mailbox.next(email);
  const visitor = clientOf();
  const sent = await visitor.passwordReset.send.mutate({ email: email.toUpperCase(), captcha: await solved() });
  expect(sent).toEqual({ email: email.toUpperCase(), expiresIn: 1800, retryAfter: 60 });
  const mail = await stack.mailbox.next(email);
  expect(mail.subject).toBe('Reset your password for Moonlight');
  expect(mail.text).toContain('This link is valid for 30 minutes and can be used once.');
  expect(linkIn(mail)).toMatch(new RegExp(`^${FRONTEND_URL}/reset-password\\?token=[\\w-]{43}$`));

  const token = tokenIn(mail);
  expect(await visitor.passwordReset.confirm.mutate({ token, newPassword })).toBeNull();
  await expect(client.account.profile.query()).rejects.toMatchObject(refusedAs('REFRESH_TOKEN_INVALID'));
  const notice = await stack.mailbox.next(email);
  expect(notice.subject).toBe('Your password for Moonlight was changed');
  await expect(visitor.auth.login.mutate({ email, password })).rejects.toMatchObject(refusedAs('INVALID_CREDENTIALS'));
  const { user } = await visitor.auth.login.mutate({ email, password: newPassword });
  expect(user.isEmailVerified).toBe(true);

  await stack.sql.passTime(40 * 60);
  await expect(visitor.passwordReset.confirm.mutate({ token, newPassword })).rejects.toMatchObject({
    message: 'This link was already used',
    ...refusedAs('LINK_USED'),
  });
});

test('exactly one of ten concurrent resets with one link succeeds', async () => {
  const { email } = await register(stack.url);
  await stack.mailbox.next(email);
  const token = await mailedToken(email);
  const passwords = Array.from({ length: 10 }, (_, index) => `the new night ${index}`);
  const { won, lost } = await race(10, async (index) => {
    await clientOf().passwordReset.confirm.mutate({ token, newPassword: passwords[index]! });
    return passwords[index]!;
  });
  expect(lost).toEqual(Array.from({ length: 9 }, () => 'LINK_USED'));
  const { user } = await clientOf().auth.login.mutate({ email, password: won[0]! });
  expect(user.email).toBe(email);
});

test('a link expires after thirty minutes, and is invalidated by a newer one and by a changed password', async () => {
  const { email, client } = await registerAndLogIn(stack.url);
  // Only a verified email gets the notice of the change.
  await clientOf().emailVerification.confirm.mutate({ token: tokenIn(await stack.mailbox.next(email)) });
  const older = await mailedToken(email);
  await stack.sql.passTime(60);
  const newer = await mailedToken(email);
  const confirm = (token: string) => clientOf().passwordReset.confirm.mutate({ token, newPassword });
  await expect(confirm(older)).rejects.toMatchObject(refusedAs('LINK_INVALID'));
  await client.account.changePassword.mutate({ currentPassword: password, newPassword: 'changed by hand' });
  await stack.mailbox.next(email);
  await expect(confirm(newer)).rejects.toMatchObject(refusedAs('LINK_INVALID'));

  await stack.sql.passTime(60);
  const late = await mailedToken(email);
  await stack.sql.passTime(30 * 60);
  await expect(confirm(late)).rejects.toMatchObject(refusedAs('LINK_EXPIRED'));
});

test('an unknown address is reported after the captcha was solved', async () => {
  const email = 'nobody@example.com';
  await expect(clientOf().passwordReset.send.mutate({ email, captcha: await solved() })).rejects.toMatchObject({
    message: 'This email is not registered',
    ...refusedAs('EMAIL_NOT_REGISTERED'),
  });
});
