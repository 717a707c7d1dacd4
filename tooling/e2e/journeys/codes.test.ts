import { solveAltcha } from '@moonlight/auth/testing';
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
// Everybody comes from one IP address, and codes are limited by that for a day.
beforeEach(() => stack.sql.passTime(86_400));

const clientOf = () => createMoonlightClient({ url: stack.url });
const refusedAs = (error: string) => ({ data: { error } });

const codeFor = async (email: string, type: 'register' | 'reset_password', captcha?: string) => {
  await clientOf().auth.sendCode.mutate({ email, type, ...(captcha === undefined ? {} : { captcha }) });
  return codeIn(await stack.mailbox.next(email));
};

/** A code that is wrong for sure. */
const wrong = (code: string, by = 1) => String((Number(code) + by) % 1_000_000).padStart(6, '0');

test('register by code: asked, mailed, looked at, used; verified and signed in at once', async () => {
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

test('reset by code: every session ends, the owner is told, the code is spent', async () => {
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

test('five wrong tries kill a code, and a newer one lives', async () => {
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

test('a code is for one address, one purpose and ten minutes, and only the newest counts', async () => {
  const [email, other] = ['mine@example.com', 'yours@example.com'];
  const code = await codeFor(email, 'register');
  await codeFor(other, 'register');
  const verify = (more: { email?: string; type?: 'reset_password'; code?: string }) =>
    clientOf().auth.verifyCode.mutate({ email, code, ...more });
  await expect(verify({ email: other })).rejects.toMatchObject(refusedAs('CODE_INVALID'));
  await expect(verify({ type: 'reset_password' })).rejects.toMatchObject(refusedAs('CODE_INVALID'));
  await stack.sql.passTime(60);
  const newer = await codeFor(email, 'register');
  // One in a million times the newer code is the older one; a wrong one is refused all the same.
  const older = newer === code ? wrong(code) : code;
  await expect(verify({ code: older })).rejects.toMatchObject(refusedAs('CODE_INVALID'));
  await stack.sql.passTime(599 - 30);
  expect(await verify({ code: newer })).toEqual({ valid: true });
  await stack.sql.passTime(31);
  await expect(verify({ code: newer })).rejects.toMatchObject(refusedAs('CODE_EXPIRED'));
});

test('of many who use one code at once, one wins', async () => {
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

test('the sixth code from one place within fifteen minutes wants a captcha', async () => {
  for (let codes = 1; codes <= 5; codes += 1) await codeFor(`place_${codes}@example.com`, 'register');
  const email = 'place_6@example.com';
  await expect(codeFor(email, 'register')).rejects.toMatchObject(refusedAs('CAPTCHA_REQUIRED'));
  const captcha = await solveAltcha(await clientOf().captcha.challenge.query());
  expect(await codeFor(email, 'register', captcha)).toMatch(/^\d{6}$/);
  await expect(codeFor('place_7@example.com', 'register', captcha)).rejects.toMatchObject(refusedAs('CAPTCHA_INVALID'));
});

test('nobody can have a code for a reset without an account', async () => {
  await expect(codeFor('nobody@example.com', 'reset_password')).rejects.toMatchObject({
    message: 'This email is not registered',
    ...refusedAs('EMAIL_NOT_REGISTERED'),
  });
});
