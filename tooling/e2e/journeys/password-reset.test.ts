import { solveAltcha } from '@moonlight/auth/testing';
import { createMoonlightClient } from '@moonlight/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { password, register, registerAndLogIn } from '../src/people.ts';
import { race } from '../src/concurrency.ts';
import { linkIn, tokenIn } from '../src/mailbox.ts';
import { FRONTEND_URL, type Stack, startStack } from '../src/start-stack.ts';

let stack: Stack;
// Beside the usual one an API without a captcha: where a test is not about that, solving one would only take time.
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

/** Asks for a link and reads its token in the mail. */
const mailedToken = async (email: string) => {
  await createMoonlightClient({ url: quickUrl }).passwordReset.send.mutate({ email });
  return tokenIn(await stack.mailbox.next(email));
};

test('a forgotten password: captcha, mail, link, a new password; every session ends and the owner is told', async () => {
  const { client, email } = await registerAndLogIn(stack.url);
  await stack.mailbox.next(email);
  const visitor = clientOf();
  const sent = await visitor.passwordReset.send.mutate({ email: email.toUpperCase(), captcha: await solved() });
  expect(sent).toEqual({ email: email.toUpperCase(), expiresIn: 1800, retryAfter: 60 });
  const mail = await stack.mailbox.next(email);
  expect(mail.subject).toBe('Reset your password for Moonlight');
  expect(mail.text).toContain('The link works once, and for 30 minutes.');
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

test('the captcha is asked for always, counts once, and is spent by nothing that is refused before it', async () => {
  const [first, second] = [await register(stack.url), await register(stack.url)];
  const send = (email: string, captcha?: string) =>
    clientOf().passwordReset.send.mutate({ email, ...(captcha === undefined ? {} : { captcha }) });
  await expect(send(first.email)).rejects.toMatchObject(refusedAs('CAPTCHA_REQUIRED'));
  await expect(send(first.email, 'nonsense')).rejects.toMatchObject(refusedAs('CAPTCHA_INVALID'));

  const captcha = await solved();
  await expect(send('no address', captcha)).rejects.toMatchObject(refusedAs('VALIDATION_FAILED'));
  expect(await send(first.email, captcha)).toMatchObject({ email: first.email });
  await expect(send(second.email, captcha)).rejects.toMatchObject({
    message: 'Captcha invalid',
    ...refusedAs('CAPTCHA_INVALID'),
  });
  // Limits are looked at first: the solution is still good afterwards.
  const another = await solved();
  await expect(send(first.email, another)).rejects.toMatchObject(refusedAs('RATE_LIMITED'));
  expect(await send(second.email, another)).toMatchObject({ email: second.email });
});

test('twenty requests with one solution at once: it counts once', async () => {
  const people = await Promise.all(Array.from({ length: 20 }, () => register(stack.url)));
  const captcha = await solved();
  const { won, lost } = await race(20, (index) =>
    clientOf().passwordReset.send.mutate({ email: people[index]!.email, captcha }),
  );
  expect([won.length, new Set(lost)]).toEqual([1, new Set(['CAPTCHA_INVALID'])]);
});

test('ten resets with one link at once: one wins', async () => {
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

test('a link lives thirty minutes, and neither a newer one nor a changed password leaves it alive', async () => {
  const { email, client } = await registerAndLogIn(stack.url);
  await stack.mailbox.next(email);
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

test('an unknown address is told so, once the captcha was solved', async () => {
  const email = 'nobody@example.com';
  await expect(clientOf().passwordReset.send.mutate({ email, captcha: await solved() })).rejects.toMatchObject({
    message: 'This email is not registered',
    ...refusedAs('EMAIL_NOT_REGISTERED'),
  });
});
