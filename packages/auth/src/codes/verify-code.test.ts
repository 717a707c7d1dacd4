import { verificationCodes } from '@moonlight/db';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestAuth, type TestAuth } from '../testing/create-test-auth.ts';
import {
  inParallel,
  mailedResetCode,
  newPerson,
  refusalOf,
  registerVerified,
  tally,
  wrongCode,
} from '../testing/people.ts';
import { testRequest } from '../testing/test-inputs.ts';
import { sendCode } from './send-code.ts';
import { verifyCode } from './verify-code.ts';

let t: TestAuth;
beforeAll(async () => {
  t = await createTestAuth();
});
afterAll(() => t.close());

const verify = (email: string, code: string, type: 'register' | 'reset_password' = 'register') =>
  refusalOf(verifyCode(t.deps, { email, code, type }));

const mailedCode = async (email = newPerson().email): Promise<{ email: string; code: string }> => {
  await sendCode(t.deps, { email, type: 'register' }, testRequest());
  return { email, code: (await t.lastMail('verification-code', email)).code };
};

test('a code is six digits, and verifying it does not consume it', async () => {
  const { email, code } = await mailedCode();
  expect(code).toMatch(/^[0-9]{6}$/);
  for (let times = 0; times < 12; times += 1)
    expect(await verifyCode(t.deps, { email: email.toUpperCase(), code, type: 'register' })).toEqual({ valid: true });
});

test('after five wrong attempts with CODE_INVALID every attempt, right or wrong, is CODE_ATTEMPTS_EXCEEDED', async () => {
  const { email, code } = await mailedCode();
  for (let tries = 1; tries <= 5; tries += 1) expect(await verify(email, wrongCode(code))).toBe('CODE_INVALID');
  expect(await verify(email, code)).toBe('CODE_ATTEMPTS_EXCEEDED');
  expect(await verify(email, wrongCode(code))).toBe('CODE_ATTEMPTS_EXCEEDED');
  expect(await verify(email, code)).toBe('CODE_ATTEMPTS_EXCEEDED');
});

test('right attempts between wrong ones do not reset the count', async () => {
  const { email, code } = await mailedCode();
  for (let tries = 1; tries <= 4; tries += 1) {
    expect(await verify(email, wrongCode(code))).toBe('CODE_INVALID');
    expect(await verify(email, code)).toBe('none');
  }
  expect(await verify(email, wrongCode(code))).toBe('CODE_INVALID');
  expect(await verify(email, code)).toBe('CODE_ATTEMPTS_EXCEEDED');
});

test('of 30 parallel wrong attempts exactly five are CODE_INVALID', async () => {
  const { email, code } = await mailedCode();
  const outcomes = await inParallel(30, () => verify(email, wrongCode(code)));
  expect(tally(outcomes)).toEqual({ CODE_INVALID: 5, CODE_ATTEMPTS_EXCEEDED: 25 });
});

test('only the newest code is valid, and its attempts are counted separately', async () => {
  const { email, code: older } = await mailedCode();
  for (let tries = 1; tries <= 5; tries += 1) await verify(email, wrongCode(older));
  t.clock.advance(60);
  const { code: newer } = await mailedCode(email);
  expect(await verify(email, older === newer ? wrongCode(older) : older)).toBe('CODE_INVALID');
  expect(await verify(email, newer)).toBe('none');
});

test('a code expires after exactly 10 minutes; a wrong code is CODE_INVALID also after that', async () => {
  const { email, code } = await mailedCode();
  t.clock.advance(599.999);
  expect(await verify(email, code)).toBe('none');
  t.clock.advance(0.001);
  expect(await verify(email, code)).toBe('CODE_EXPIRED');
  expect(await verify(email, wrongCode(code))).toBe('CODE_INVALID');
});

test('a code is valid for one email and one purpose', async () => {
  const { email, code } = await mailedCode();
  const { email: other } = await mailedCode();
  expect(await verify(newPerson().email, code)).toBe('CODE_INVALID');
  const { code: others } = await t.lastMail('verification-code', other);
  expect(await verify(other, code === others ? wrongCode(code) : code)).toBe('CODE_INVALID');
  expect(await verify(email, code, 'reset_password')).toBe('CODE_INVALID');
  const { person } = await registerVerified(t);
  const resetCode = await mailedResetCode(t, person);
  expect(await verify(person.email, resetCode, 'register')).toBe('CODE_INVALID');
  expect(await verify(person.email, resetCode, 'reset_password')).toBe('none');
});

test('a code is stored as a keyed hash, which differs by email and by key', async () => {
  const fixed = { ...t.deps.random, digits: () => '042195' };
  const [one, two] = [newPerson().email, newPerson().email];
  for (const email of [one, two])
    await sendCode({ ...t.deps, random: fixed }, { email, type: 'register' }, testRequest());
  const hashes = await Promise.all(
    [one, two].map(async (email) => {
      const [row] = await t.deps.db
        .select()
        .from(verificationCodes)
        .where(eq(verificationCodes.email, email.toLowerCase()));
      return row?.codeHash;
    }),
  );
  expect(hashes[0]).toMatch(/^[\w-]{43}$/);
  expect(hashes[0]).not.toBe(hashes[1]);
  const other = await createTestAuth({ database: t.database, clock: t.clock, secretKey: 'another secret of tests' });
  expect(await refusalOf(verifyCode(other.deps, { email: one, code: '042195', type: 'register' }))).toBe(
    'CODE_INVALID',
  );
  await other.close();
});
