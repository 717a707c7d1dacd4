import { afterAll, beforeAll, expect, test } from 'vitest';
import { sendCode } from '../codes/send-code.ts';
import { resendVerification } from '../email-verification/resend-verification.ts';
import { sendVerification } from '../email-verification/send-verification.ts';
import { sendPasswordReset } from '../password-reset/send-password-reset.ts';
import { createTestAuth, type TestAuth } from '../testing/create-test-auth.ts';
import {
  logIn,
  newPerson,
  refusalOf,
  registerByLink,
  registerVerified,
  solved,
  tally,
  waitOf,
} from '../testing/people.ts';
import { testRequest } from '../testing/test-inputs.ts';

const DAY = 86_400;

let t: TestAuth;
beforeAll(async () => {
  t = await createTestAuth({ altcha: true });
});
afterAll(() => t.close());

type Request = ReturnType<typeof testRequest>;

/** Every way to cause mails to an email, with a solved captcha and after its cooldown. */
const WAYS: Record<
  string,
  { prepare: () => Promise<string>; send: (email: string, request: Request) => Promise<unknown> }
> = {
  'codes to register': {
    prepare: async () => newPerson().email,
    send: async (email, request) => sendCode(t.deps, { email, type: 'register', captcha: await solved(t) }, request),
  },
  'codes to reset': {
    prepare: async () => (await registerVerified(t)).person.email,
    send: async (email, request) =>
      sendCode(t.deps, { email, type: 'reset_password', captcha: await solved(t) }, request),
  },
  'reset links': {
    prepare: async () => (await registerVerified(t)).person.email,
    send: async (email, request) => sendPasswordReset(t.deps, { email, captcha: await solved(t) }, request),
  },
};

const sendMany = async (count: number, send: () => Promise<unknown>): Promise<Record<string, number>> => {
  const outcomes = [];
  for (let mails = 0; mails < count; mails += 1) {
    t.clock.advance(60);
    outcomes.push(await refusalOf(send()));
  }
  return tally(outcomes);
};

test.each(Object.entries(WAYS))(
  '%s: a stranger who uses up the ten of one network takes none from another one',
  async (_name, { prepare, send }) => {
    const email = await prepare();
    const stranger = testRequest({ ip: '2001:db8:5:7::1' });
    const neighbour = testRequest({ ip: '2001:db8:5:7:ffff::1' });
    expect(await sendMany(11, () => send(email, stranger))).toEqual({ none: 10, RATE_LIMITED: 1 });
    expect(await sendMany(1, () => send(email.toUpperCase(), neighbour))).toEqual({ RATE_LIMITED: 1 });
    expect(await sendMany(1, () => send(email, testRequest({ ip: '2001:db8:5:8::1' })))).toEqual({ none: 1 });
    t.clock.advance(DAY);
    expect(await sendMany(1, () => send(email, stranger))).toEqual({ none: 1 });
    t.clock.advance(DAY);
  },
);

test('an email gets 30 mails for one purpose in 24 hours, from all networks together', async () => {
  const email = newPerson().email;
  const send = async () => sendCode(t.deps, { email, type: 'register', captcha: await solved(t) }, testRequest());
  expect(await sendMany(31, send)).toEqual({ none: 30, RATE_LIMITED: 1 });
  expect(await waitOf(send())).toBe(DAY - 30 * 60);
  t.clock.advance(DAY - 30 * 60);
  expect(await refusalOf(send())).toBe('none');
});

test('mails of every kind to an email count for its captcha, that of the registration included', async () => {
  const { person } = await registerByLink(t);
  const { identity } = await logIn(t, person);
  t.clock.advance(60);
  await sendVerification(t.deps, identity.user, testRequest());
  const { email } = person;
  await sendPasswordReset(t.deps, { email, captcha: await solved(t) }, testRequest());
  t.clock.advance(60);
  const code = { email, type: 'reset_password' } as const;
  expect(await refusalOf(sendCode(t.deps, code, testRequest()))).toBe('CAPTCHA_REQUIRED');
  expect(await refusalOf(resendVerification(t.deps, { email }, testRequest()))).toBe('CAPTCHA_REQUIRED');
  t.clock.advance(DAY);
  expect(await refusalOf(sendCode(t.deps, code, testRequest()))).toBe('none');
});

test('two mails of a day ask for no captcha after a registration, and the third does', async () => {
  const { person } = await registerByLink(t);
  const { email } = person;
  const code = () => refusalOf(sendCode(t.deps, { email, type: 'reset_password' }, testRequest()));
  expect(await code()).toBe('none');
  t.clock.advance(60);
  expect(await refusalOf(resendVerification(t.deps, { email }, testRequest()))).toBe('none');
  expect(await code()).toBe('CAPTCHA_REQUIRED');
});
