import { solveAltcha } from '@moonlight/auth/testing';
import { createMoonlightClient } from '@moonlight/client';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { password } from '../src/people.ts';
import { codeIn, tokenIn } from '../src/mailbox.ts';
import { type Answer, type Rest, restOf } from '../src/rest.ts';
import { type Stack, startStack } from '../src/start-stack.ts';

const KNOWN = 'known_1@example.com';
const UNKNOWN = 'other_1@example.com';

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

/** Everything an answer tells, apart from what differs between any two: its id, its moment, and the address it repeats. */
const toldBy = ({ status, headers, text }: Answer, email: string) => ({
  status,
  headers: Object.fromEntries([...headers].filter(([name]) => !['date', 'x-request-id'].includes(name))),
  text: text.replace(email, 'EMAIL').replace(/"request_id":"[^"]+"/, ''),
});

/** Asks the same for both addresses, and expects to be told the same. */
const expectAlike = async (ask: (email: string) => Promise<Answer>): Promise<Answer> => {
  const [known, unknown] = [await ask(KNOWN), await ask(UNKNOWN)];
  expect(toldBy(known, KNOWN)).toEqual(toldBy(unknown, UNKNOWN));
  return known;
};

const subjects = async () => [(await stack.mailbox.next(KNOWN)).subject, (await stack.mailbox.next(UNKNOWN)).subject];

test('a code to register with: the same answer, and each mailbox the truth', async () => {
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

test('a code to reset with: the same answer, and each mailbox the truth', async () => {
  const sent = await expectAlike((email) => post('send-code', { email, type: 'reset_password' }));
  expect(sent.status).toBe(200);
  expect(await subjects()).toEqual([
    'Your code to reset the password for Moonlight',
    'No account at Moonlight with this e-mail address',
  ]);
  const reset = await expectAlike((email) =>
    post('password/reset', { email, code: '000000', new_password: 'a shorter, darker night' }),
  );
  expect(reset).toMatchObject({ status: 400, body: { error: 'CODE_INVALID' } });
});

test('a link to reset with: the same answers before, at and after the limit', async () => {
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
    'No account at Moonlight with this e-mail address',
  ]);

  const answers = [KNOWN, UNKNOWN].map((email) => post('password/reset/send', { email, captcha: 'any' }));
  for (const { status, headers, body } of await Promise.all(answers)) {
    expect([status, body]).toMatchObject([429, { error: 'RATE_LIMITED' }]);
    expect(Number(headers.get('retry-after'))).toSatisfy((seconds: number) => seconds > 50 && seconds <= 60);
  }
  const newPassword = { token: tokenIn(known), new_password: password };
  expect(await post('password/reset', newPassword)).toMatchObject({ status: 200, body: { data: null } });
});

test('a login tells nothing: unknown, known with a wrong password', async () => {
  const refused = await expectAlike((email) => post('login', { email, password: 'wrong' }));
  expect(refused).toMatchObject({ status: 401, body: { error: 'INVALID_CREDENTIALS' } });
});

test('registering wants a code, and compares names only with the right one', async () => {
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

test('there is nobody to ask whether an address is registered', async () => {
  expect(await expectAlike((email) => post('check-email', { email }))).toMatchObject({
    status: 404,
    body: { code: 404, error: 'NOT_FOUND' },
  });
});
