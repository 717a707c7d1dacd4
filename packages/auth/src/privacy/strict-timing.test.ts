import { afterAll, beforeAll, expect, test } from 'vitest';
import { sendCode } from '../codes/send-code.ts';
import { verifyCode } from '../codes/verify-code.ts';
import { passwordHasher } from '../credentials/password-hasher.ts';
import { resendVerification } from '../email-verification/resend-verification.ts';
import { sendPasswordReset } from '../password-reset/send-password-reset.ts';
import { login } from '../sessions/login.ts';
import { createTestAuth, type TestAuth } from '../testing/create-test-auth.ts';
import { newPerson, refusalOf, registerByCode } from '../testing/people.ts';
import { testRequest } from '../testing/test-inputs.ts';

const SAMPLES = 40;
const WARM_UP = 5;

let t: TestAuth;
let known: string[];
beforeAll(async () => {
  // The cost of the running service, so that a missing hash makes a measurable difference.
  const hasher = await passwordHasher({ memoryCost: 19_456, timeCost: 2, parallelism: 1 });
  t = await createTestAuth({ hasher, settings: { accounts: { privacy: 'strict' } } });
  known = [];
  while (known.length < SAMPLES + WARM_UP) known.push((await registerByCode(t)).person.email);
  t.clock.advance(86_400);
});
afterAll(() => t.close());

type Sample = { known: number[]; unknown: number[] };

/** Alternates known and unknown emails, so that other load of the machine affects both alike. */
const measure = async (call: (email: string) => Promise<unknown>): Promise<Sample> => {
  const sample: Sample = { known: [], unknown: [] };
  for (const [index, email] of known.entries()) {
    const pair = [
      { kind: 'known', email },
      { kind: 'unknown', email: newPerson().email },
    ] as const;
    for (const each of index % 2 === 0 ? pair : pair.toReversed()) {
      const began = performance.now();
      await call(each.email);
      if (index >= WARM_UP) sample[each.kind].push(performance.now() - began);
    }
  }
  return sample;
};

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

/** The probability that a known email takes longer than an unknown one (Mann-Whitney U): 0.5 if there is no difference. */
const likelihoodOfLonger = (sample: Sample): number => {
  const longer = sample.known.flatMap((time) => sample.unknown.filter((other) => time > other)).length;
  return longer / (sample.known.length * sample.unknown.length);
};

// The decisive test is that the same statements run, which needs no measurement. These bounds are wide: they find a
// hash or a statement that is missing for one kind of email, and do not fail because the machine is busy.
test.each([
  { name: 'a reset link', call: (email: string) => sendPasswordReset(t.deps, { email }, testRequest()) },
  { name: 'another verification link', call: (email: string) => resendVerification(t.deps, { email }, testRequest()) },
  {
    name: 'a wrong code',
    call: (email: string) => refusalOf(verifyCode(t.deps, { email, code: '000000', type: 'register' }, testRequest())),
  },
  { name: 'a code', call: (email: string) => sendCode(t.deps, { email, type: 'register' }, testRequest()) },
  {
    name: 'a login',
    call: (email: string) => refusalOf(login(t.deps, { email, password: 'not the password' }, testRequest())),
  },
])('$name takes the same time for known and unknown emails', async ({ call }) => {
  const sample = await measure(call);
  const ratio = median(sample.known) / median(sample.unknown);
  expect(ratio).toBeGreaterThan(0.7);
  expect(ratio).toBeLessThan(1.4);
  expect(Math.abs(likelihoodOfLonger(sample) - 0.5)).toBeLessThan(0.45);
});
