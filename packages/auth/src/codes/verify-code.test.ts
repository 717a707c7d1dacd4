import { verificationCodes } from '@moonlight/db';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestAuth, type TestAuth } from '../testing/create-test-auth.ts';
import { mailedResetCode, newPerson, refusalOf, registerVerified, wrongCode } from '../testing/people.ts';
import { testRequest } from '../testing/test-inputs.ts';
import { sendCode } from './send-code.ts';
import { verifyCode } from './verify-code.ts';

let t: TestAuth;
beforeAll(async () => {
  t = await createTestAuth();
});
afterAll(() => t.close());

const verify = (email: string, code: string, type: 'register' | 'reset_password' = 'register') =>
  refusalOf(verifyCode(t.deps, { email, code, type }, testRequest()));

const mailedCode = async (email = newPerson().email): Promise<{ email: string; code: string }> => {
  await sendCode(t.deps, { email, type: 'register' }, testRequest());
  return { email, code: (await t.lastMail('verification-code', email)).code };
};

test('a code is six digits, and verifying it does not consume it', async () => {
  const { email, code } = await mailedCode();
  expect(code).toMatch(/^[0-9]{6}$/);
  for (let times = 0; times < 12; times += 1)
    expect(await verifyCode(t.deps, { email: email.toUpperCase(), code, type: 'register' }, testRequest())).toEqual({
      valid: true,
    });
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
  expect(await refusalOf(verifyCode(other.deps, { email: one, code: '042195', type: 'register' }, testRequest()))).toBe(
    'CODE_INVALID',
  );
  await other.close();
});
