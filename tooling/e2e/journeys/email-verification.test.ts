import { createMoonlightClient } from '@moonlight/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tokenIn } from '../src/mailbox.ts';
import { password } from '../src/people.ts';
import { type Stack, startStack } from '../src/start-stack.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.close());

const clientOf = (url = stack.url) => createMoonlightClient({ url });
const refusedAs = (error: string) => ({ data: { error } });

const registered = async (username: string) => {
  const client = clientOf();
  const email = `${username}@example.com`;
  await client.auth.register.mutate({ email, username, password });
  const mail = await stack.mailbox.next(email);
  await client.auth.login.mutate({ email, password });
  return { client, email, token: tokenIn(mail) };
};

test('a link that was used verifies again, with the status already_verified', async () => {
  const { client, token } = await registered('again');
  await client.emailVerification.confirm.mutate({ token });
  await stack.sql.passTime(40 * 60);
  expect(await client.emailVerification.confirm.mutate({ token })).toEqual({ status: 'already_verified' });
  await expect(client.emailVerification.send.mutate()).rejects.toMatchObject({
    data: { error: 'EMAIL_ALREADY_VERIFIED' },
  });
});

test('a new link can be requested after a minute, and replaces the older one', async () => {
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

test('without a session a new link is sent too, by both APIs', async () => {
  const { email, token } = await registered('nosession');
  await stack.sql.passTime(61);
  const visitor = clientOf();
  expect(await visitor.emailVerification.resend.mutate({ email })).toEqual({ email, expiresIn: 900, retryAfter: 60 });
  const newer = tokenIn(await stack.mailbox.next(email));
  await expect(visitor.emailVerification.confirm.mutate({ token })).rejects.toMatchObject(refusedAs('LINK_INVALID'));
  expect(await visitor.emailVerification.confirm.mutate({ token: newer })).toEqual({ status: 'verified' });
  for (const prefix of ['/api/v1/auth', '/api/auth']) {
    const response = await fetch(`${stack.url}${prefix}/email/verify/resend/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email }),
    });
    expect([response.status, await response.json()]).toMatchObject([409, { error: 'EMAIL_ALREADY_VERIFIED' }]);
  }
});

test('a link expires after fifteen minutes, and an unknown one is refused', async () => {
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

test('an unverified account can log in unless REQUIRE_VERIFIED_EMAIL is set', async () => {
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
