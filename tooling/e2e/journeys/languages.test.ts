import { createMoonlightClient } from '@moonlight/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { password } from '../src/people.ts';
import { tokenIn } from '../src/mailbox.ts';
import { restOf } from '../src/rest.ts';
import { type Stack, startStack } from '../src/start-stack.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ env: { APP_NAME: '月光', CAPTCHA_PROVIDER: 'none' } });
});
afterAll(() => stack.close());

const chinese = { 'accept-language': 'fr, zh-TW;q=0.9, en;q=0.8' };

test('a Chinese request gets a Chinese answer and a Chinese mail', async () => {
  const rest = restOf(stack.url);
  const email = 'li@example.com';
  const account = { email, username: 'li_lei', password };
  const registered = await rest('POST /api/v1/auth/register', account, { headers: chinese });
  expect(registered).toMatchObject({
    status: 201,
    body: { code: 0, message: '注册成功，验证邮件已发送', data: { user: { locale: 'zh-CN' } } },
  });
  const mail = await stack.mailbox.next(email);
  expect(mail.subject).toBe('验证您在 月光 的邮箱');
  expect(mail.from).toBe('月光 <no-reply@accounts.example.com>');
  expect(mail.html).toContain('lang="zh-CN"');
  expect(mail.text).toContain('15 分钟');

  const verify = `GET /api/v1/auth/verify/${tokenIn(mail)}`;
  expect(await rest(verify, undefined, { headers: chinese })).toMatchObject({ body: { message: '邮箱验证成功' } });
  const wrong = { email, password: 'wrong' };
  expect(await rest('POST /api/v1/auth/login', wrong, { headers: chinese })).toMatchObject({
    status: 401,
    body: { code: 401, message: '邮箱或密码错误', error: 'INVALID_CREDENTIALS' },
  });
  expect(await rest('POST /api/v1/auth/login', wrong)).toMatchObject({
    body: { message: 'Invalid credentials, incorrect email or password', error: 'INVALID_CREDENTIALS' },
  });
});

test('mails are in the language of the account, not of the request', async () => {
  const email = 'han@example.com';
  const client = createMoonlightClient({ url: stack.url });
  const { user } = await client.auth.register.mutate({ email, username: 'han_mei', password, locale: 'zh-CN' });
  expect(user.locale).toBe('zh-CN');
  await stack.mailbox.next(email);
  await createMoonlightClient({ url: stack.url, locale: 'en' }).passwordReset.send.mutate({ email });
  const mail = await stack.mailbox.next(email);
  expect(mail.subject).toBe('重置您在 月光 的密码');
  await client.passwordReset.confirm.mutate({ token: tokenIn(mail), newPassword: 'a shorter, darker night' });
  expect((await stack.mailbox.next(email)).subject).toBe('您在 月光 的密码已修改');
});

test('a client with a locale gets its errors in that language, for every field', async () => {
  const client = createMoonlightClient({ url: stack.url, locale: 'zh-CN' });
  await expect(client.account.profile.query()).rejects.toMatchObject({ message: '缺少令牌' });
  const refusal = client.auth.register.mutate({ email: 'none', username: '1', password: 'short' });
  await expect(refusal).rejects.toMatchObject({
    message: '数据验证失败',
    data: { error: 'VALIDATION_FAILED', details: ['email', 'username', 'password'].map((path) => ({ path })) },
  });
  for (const { message } of await refusal.catch(({ data }) => data.details)) expect(message).toMatch(/\p{Script=Han}/u);
});
