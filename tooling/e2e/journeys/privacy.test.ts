import { solveAltcha } from '@moonlight/auth/testing';
import { createMoonlightClient } from '@moonlight/client';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { password } from '../src/people.ts';
import { codeIn, tokenIn } from '../src/mailbox.ts';
import { type Answer, type Rest, restOf } from '../src/rest.ts';
import { type Stack, startStack } from '../src/start-stack.ts';

const refusedAs = (error: string) => ({ data: { error } });

const KNOWN = 'known_1@example.com';
const UNKNOWN = 'other_1@example.com';

test('with ACCOUNT_PRIVACY=open, answers say whether an address exists, and a refused request starts no cooldown', async () => {
  await using stack = await startStack({ env: { CAPTCHA_PROVIDER: 'none' } });
  const client = createMoonlightClient({ url: stack.url });
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

  await client.emailVerification.confirm.mutate({ token: tokenIn(await stack.mailbox.next(email)) });
  for (let calls = 0; calls < 2; calls += 1)
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

describe('ACCOUNT_PRIVACY=strict', () => {
  let stack: Stack;
  let rest: Rest;
  beforeAll(async () => {
    stack = await startStack({ env: { ACCOUNT_PRIVACY: 'strict' } });
    rest = restOf(stack.url);
    const client = createMoonlightClient({ url: stack.url });
    await client.auth.sendCode.mutate({ email: KNOWN, type: 'register' });
    const code = codeIn(await stack.mailbox.next(KNOWN));
    await client.auth.register.mutate({ email: KNOWN, username: 'known', password, code });
  });
  afterAll(() => stack.close());
  beforeEach(() => stack.sql.passTime(86_400));

  const post = (path: string, body: unknown): Promise<Answer> => rest(`POST /api/v1/auth/${path}`, body);

  /** An answer without what differs between any two answers: the request id, the date and the address it repeats. */
  const comparable = ({ status, headers, text }: Answer, email: string) => ({
    status,
    headers: Object.fromEntries([...headers].filter(([name]) => !['date', 'x-request-id'].includes(name))),
    text: text.replace(email, 'EMAIL').replace(/"request_id":"[^"]+"/, ''),
  });

  /** Sends the same request for both addresses and expects the same answer. */
  const expectAlike = async (ask: (email: string) => Promise<Answer>): Promise<Answer> => {
    const [known, unknown] = [await ask(KNOWN), await ask(UNKNOWN)];
    expect(comparable(known, KNOWN)).toEqual(comparable(unknown, UNKNOWN));
    return known;
  };

  const subjects = async () => [(await stack.mailbox.next(KNOWN)).subject, (await stack.mailbox.next(UNKNOWN)).subject];

  test('a registration code: the same answer, and each mailbox gets its own mail', async () => {
    const sent = await expectAlike((email) => post('send-code', { email, type: 'register' }));
    expect(sent).toMatchObject({ status: 200, body: { code: 0, data: { expires_in: 600, retry_after: 60 } } });
    expect(await subjects()).toEqual([
      'You already have an account at Moonlight',
      'Your verification code for Moonlight',
    ]);
    for (let tries = 1; tries <= 6; tries += 1) {
      const tried = await expectAlike((email) => post('verify-code', { email, code: '000000' }));
      expect(tried).toMatchObject({ body: { error: tries <= 5 ? 'CODE_INVALID' : 'CODE_ATTEMPTS_EXCEEDED' } });
    }
  });

  test('a reset code: the same answer, and each mailbox gets its own mail', async () => {
    const sent = await expectAlike((email) => post('send-code', { email, type: 'reset_password' }));
    expect(sent.status).toBe(200);
    expect(await subjects()).toEqual([
      'Your password reset code for Moonlight',
      'There is no Moonlight account for this email address',
    ]);
    const reset = await expectAlike((email) =>
      post('password/reset', { email, code: '000000', new_password: 'a shorter, darker night' }),
    );
    expect(reset).toMatchObject({ status: 400, body: { error: 'CODE_INVALID' } });
  });

  test('a reset link: the same answers before, at and after the limit', async () => {
    expect(await expectAlike((email) => post('password/reset/send', { email }))).toMatchObject({
      status: 400,
      body: { error: 'CAPTCHA_REQUIRED' },
    });
    const captcha = async () => solveAltcha((await rest('GET /api/v1/auth/captcha/challenge')).body);
    const solutions = [await captcha(), await captcha()];
    const sent = await expectAlike((email) => post('password/reset/send', { email, captcha: solutions.pop() }));
    expect(sent).toMatchObject({ status: 200, body: { message: 'password reset email sent' } });
    const known = await stack.mailbox.next(KNOWN);
    expect([known.subject, (await stack.mailbox.next(UNKNOWN)).subject]).toEqual([
      'Reset your password for Moonlight',
      'There is no Moonlight account for this email address',
    ]);

    const answers = [KNOWN, UNKNOWN].map((email) => post('password/reset/send', { email, captcha: 'any' }));
    for (const { status, headers, body } of await Promise.all(answers)) {
      expect([status, body]).toMatchObject([429, { error: 'RATE_LIMITED' }]);
      expect(Number(headers.get('retry-after'))).toSatisfy((seconds: number) => seconds > 50 && seconds <= 60);
    }
    const newPassword = { token: tokenIn(known), new_password: password };
    expect(await post('password/reset', newPassword)).toMatchObject({ status: 200, body: { data: null } });
  });

  test('a login: the same answer for an unknown address and for a wrong password', async () => {
    const refused = await expectAlike((email) => post('login', { email, password: 'wrong' }));
    expect(refused).toMatchObject({ status: 401, body: { error: 'INVALID_CREDENTIALS' } });
  });

  test('a registration needs a code, and compares usernames only after the code was right', async () => {
    const account = (email: string) => ({ email, username: 'KNOWN', password });
    expect(await expectAlike((email) => post('register', account(email)))).toMatchObject({
      status: 400,
      body: { error: 'VALIDATION_FAILED', details: [{ path: 'code', message: 'required, ask for a code first' }] },
    });
    await expectAlike((email) => post('send-code', { email, type: 'register' }));
    await stack.mailbox.next(KNOWN);
    const code = codeIn(await stack.mailbox.next(UNKNOWN));
    const guess = code === '000000' ? '000001' : '000000';
    expect(await expectAlike((email) => post('register', { ...account(email), code: guess }))).toMatchObject({
      body: { error: 'CODE_INVALID' },
    });
    expect(await post('register', { ...account(UNKNOWN), code })).toMatchObject({
      status: 409,
      body: { error: 'USERNAME_TAKEN' },
    });
    const free = { ...account(UNKNOWN), username: 'another', code };
    expect(await post('register', free)).toMatchObject({ status: 201, body: { message: 'registration successful' } });
  });

  test('check-email does not exist', async () => {
    expect(await expectAlike((email) => post('check-email', { email }))).toMatchObject({
      status: 404,
      body: { code: 404, error: 'NOT_FOUND' },
    });
  });
});
