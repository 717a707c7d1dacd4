import { solveAltcha } from '@moonlight/auth/testing';
import { createMoonlightClient } from '@moonlight/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { race } from '../src/concurrency.ts';
import { codeIn } from '../src/mailbox.ts';
import { register } from '../src/people.ts';
import { type Stack, startStack } from '../src/start-stack.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.close());

const clientOf = () => createMoonlightClient({ url: stack.url });
const refusedAs = (error: string) => ({ data: { error } });

const solved = async () => solveAltcha(await clientOf().captcha.challenge.query());

const codeFor = async (email: string, type: 'register' | 'reset_password', captcha?: string) => {
  await clientOf().auth.sendCode.mutate({ email, type, ...(captcha === undefined ? {} : { captcha }) });
  return codeIn(await stack.mailbox.next(email));
};

test('a reset link always needs a captcha, which counts once and is not spent by a request that is refused before it', async () => {
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
  // Limits are checked first, so the solution can still be used.
  const another = await solved();
  await expect(send(first.email, another)).rejects.toMatchObject(refusedAs('RATE_LIMITED'));
  expect(await send(second.email, another)).toMatchObject({ email: second.email });
});

test('exactly one of twenty concurrent requests with one solution succeeds', async () => {
  const people = await Promise.all(Array.from({ length: 20 }, () => register(stack.url)));
  const captcha = await solved();
  const { won, lost } = await race(20, (index) =>
    clientOf().passwordReset.send.mutate({ email: people[index]!.email, captcha }),
  );
  expect([won.length, new Set(lost)]).toEqual([1, new Set(['CAPTCHA_INVALID'])]);
});

test('the sixth code for one IP address within fifteen minutes needs a captcha', async () => {
  for (let codes = 1; codes <= 5; codes += 1) await codeFor(`place_${codes}@example.com`, 'register');
  const email = 'place_6@example.com';
  await expect(codeFor(email, 'register')).rejects.toMatchObject(refusedAs('CAPTCHA_REQUIRED'));
  const captcha = await solveAltcha(await clientOf().captcha.challenge.query());
  expect(await codeFor(email, 'register', captcha)).toMatch(/^\d{6}$/);
  await expect(codeFor('place_7@example.com', 'register', captcha)).rejects.toMatchObject(refusedAs('CAPTCHA_INVALID'));
});
