import { createMoonlightClient } from '@moonlight/client';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { password, registerAndLogIn } from '../src/people.ts';
import { race } from '../src/concurrency.ts';
import { codeIn } from '../src/mailbox.ts';
import { type Stack, startStack } from '../src/start-stack.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.close());
// All tests share one IP address, whose codes are limited for a day.
beforeEach(() => stack.sql.passTime(86_400));

const clientOf = () => createMoonlightClient({ url: stack.url });
const refusedAs = (error: string) => ({ data: { error } });

const codeFor = async (email: string, type: 'register' | 'reset_password') => {
  await clientOf().auth.sendCode.mutate({ email, type });
  return codeIn(await stack.mailbox.next(email));
};

/** A code that differs from the given one. */
const wrong = (code: string, by = 1) => String((Number(code) + by) % 1_000_000).padStart(6, '0');

test('a user registers with a mailed code, and is verified and logged in at once', async () => {
  const client = clientOf();
  const email = 'Bob@example.com';
  expect(await client.auth.checkEmail.mutate({ email })).toEqual({ exists: false });
  const sent = await client.auth.sendCode.mutate({ email, type: 'register' });
  expect(sent).toEqual({ email, expiresIn: 600, retryAfter: 60 });
  const mail = await stack.mailbox.next(email);
  expect(mail.subject).toBe('Your verification code for Moonlight');
  const code = codeIn(mail);
  expect(mail.html).toContain(code);

  for (let looks = 0; looks < 2; looks += 1)
    expect(await client.auth.verifyCode.mutate({ email: 'bob@example.com', code })).toEqual({ valid: true });
  const { user, tokens } = await client.auth.register.mutate({ email, username: 'bob', password, code });
  expect(user).toMatchObject({ isEmailVerified: true, emailVerifiedAt: expect.any(String) });
  expect(tokens).toMatchObject({ tokenType: 'bearer', expiresIn: 1800 });
  expect(await client.account.profile.query()).toEqual(user);

  expect(await client.auth.checkEmail.mutate({ email: 'BOB@example.com' })).toEqual({ exists: true });
  await expect(client.auth.verifyCode.mutate({ email, code })).rejects.toMatchObject(refusedAs('CODE_INVALID'));
  await expect(client.auth.sendCode.mutate({ email, type: 'register' })).rejects.toMatchObject(
    refusedAs('EMAIL_TAKEN'),
  );
});

test('a password reset by code ends every session, sends a notice, and consumes the code', async () => {
  const { client, email } = await registerAndLogIn(stack.url);
  await stack.mailbox.next(email);
  const code = await codeFor(email, 'reset_password');
  const newPassword = 'a shorter, darker night';
  const reset = { email: email.toUpperCase(), code, newPassword };
  expect(await clientOf().passwordReset.confirm.mutate(reset)).toBeNull();
  await expect(client.account.profile.query()).rejects.toMatchObject(refusedAs('REFRESH_TOKEN_INVALID'));
  expect((await stack.mailbox.next(email)).subject).toBe('Your password for Moonlight was changed');

  const { user } = await clientOf().auth.login.mutate({ email, password: newPassword });
  expect(user.isEmailVerified).toBe(true);
  await expect(clientOf().auth.login.mutate({ email, password })).rejects.toMatchObject(
    refusedAs('INVALID_CREDENTIALS'),
  );
  await expect(clientOf().passwordReset.confirm.mutate(reset)).rejects.toMatchObject(refusedAs('CODE_INVALID'));
});

test('five wrong tries invalidate a code, and a newer one works', async () => {
  const email = 'guessed@example.com';
  const code = await codeFor(email, 'register');
  for (let tries = 1; tries <= 5; tries += 1)
    await expect(clientOf().auth.verifyCode.mutate({ email, code: wrong(code, tries) })).rejects.toMatchObject(
      refusedAs('CODE_INVALID'),
    );
  const account = { email, username: 'guessed', password };
  await expect(clientOf().auth.register.mutate({ ...account, code })).rejects.toMatchObject({
    message: 'Too many attempts, request a new code',
    ...refusedAs('CODE_ATTEMPTS_EXCEEDED'),
  });
  await stack.sql.passTime(60);
  const newer = await codeFor(email, 'register');
  const { user } = await clientOf().auth.register.mutate({ ...account, code: newer });
  expect(user.username).toBe('guessed');
});

test('a code is valid for one address, one purpose and ten minutes, and only the newest one', async () => {
  const [email, other] = ['mine@example.com', 'yours@example.com'];
  const code = await codeFor(email, 'register');
  await codeFor(other, 'register');
  const verify = (more: { email?: string; type?: 'reset_password'; code?: string }) =>
    clientOf().auth.verifyCode.mutate({ email, code, ...more });
  await expect(verify({ email: other })).rejects.toMatchObject(refusedAs('CODE_INVALID'));
  await expect(verify({ type: 'reset_password' })).rejects.toMatchObject(refusedAs('CODE_INVALID'));
  await stack.sql.passTime(60);
  const newer = await codeFor(email, 'register');
  // Once in a million times both codes are the same; then a wrong code is used instead.
  const older = newer === code ? wrong(code) : code;
  await expect(verify({ code: older })).rejects.toMatchObject(refusedAs('CODE_INVALID'));
  await stack.sql.passTime(599 - 30);
  expect(await verify({ code: newer })).toEqual({ valid: true });
  await stack.sql.passTime(31);
  await expect(verify({ code: newer })).rejects.toMatchObject(refusedAs('CODE_EXPIRED'));
});

test('exactly one of many concurrent uses of a code succeeds', async () => {
  const email = 'crowd@example.com';
  const code = await codeFor(email, 'register');
  const registered = await race(5, (index) =>
    clientOf().auth.register.mutate({ email, username: `crowd_${index}`, password, code }),
  );
  expect(registered.won).toHaveLength(1);
  for (const error of registered.lost) expect(['CODE_INVALID', 'EMAIL_TAKEN']).toContain(error);

  const resetCode = await codeFor(email, 'reset_password');
  const reset = await race(10, (index) =>
    clientOf().passwordReset.confirm.mutate({ email, code: resetCode, newPassword: `the new night ${index}` }),
  );
  expect(reset.won).toHaveLength(1);
  expect(reset.lost).toEqual(Array.from({ length: 9 }, () => 'CODE_INVALID'));
});

test('a reset code for an unknown address is refused', async () => {
  await expect(codeFor('nobody@example.com', 'reset_password')).rejects.toMatchObject({
    message: 'This email is not registered',
    ...refusedAs('EMAIL_NOT_REGISTERED'),
  });
});
