import { verificationCodes } from '@moonlight/db';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { confirmPasswordReset } from '../password-reset/confirm-password-reset.ts';
import { register } from '../registration/register.ts';
import { createTestAuth, type TestAuth } from '../testing/create-test-auth.ts';
import { inParallel, newPerson, refusalOf, registerByCode, tally, waitOf, wrongCode } from '../testing/people.ts';
import { testRequest } from '../testing/test-inputs.ts';
import { sendCode } from './send-code.ts';
import { verifyCode } from './verify-code.ts';

const MINUTES_15 = 900;
const NEW = 'the owner is back';

let t: TestAuth;
beforeAll(async () => {
  t = await createTestAuth();
});
afterAll(() => t.close());

type Request = ReturnType<typeof testRequest>;

const verify = (email: string, code: string, request = testRequest()) =>
  refusalOf(verifyCode(t.deps, { email, code, type: 'register' }, request));
const times = async (count: number, call: (index: number) => Promise<string>) => {
  const outcomes = [];
  for (let index = 0; index < count; index += 1) outcomes.push(await call(index));
  return outcomes;
};
const all = (count: number, outcome: string) => Array.from({ length: count }, () => outcome);

const mailedCode = async (email = newPerson().email): Promise<{ email: string; code: string }> => {
  await sendCode(t.deps, { email, type: 'register' }, testRequest());
  return { email, code: (await t.lastMail('verification-code', email)).code };
};

describe('one IP address', () => {
  test('gets CODE_INVALID five times, then CODE_ATTEMPTS_EXCEEDED, right or wrong', async () => {
    const { email, code } = await mailedCode();
    const request = testRequest();
    expect(await times(5, () => verify(email, wrongCode(code), request))).toEqual(all(5, 'CODE_INVALID'));
    expect(await verify(email, code, request)).toBe('CODE_ATTEMPTS_EXCEEDED');
    expect(await verify(email, wrongCode(code), request)).toBe('CODE_ATTEMPTS_EXCEEDED');
    expect(await verify(email, code, request)).toBe('CODE_ATTEMPTS_EXCEEDED');
  });

  test('cannot invalidate the code for others: it works after 300 wrong attempts of a stranger', async () => {
    const { email, code } = await mailedCode();
    const stranger = testRequest();
    const outcomes = await times(300, () => verify(email, wrongCode(code), stranger));
    expect(tally(outcomes)).toEqual({ CODE_INVALID: 5, CODE_ATTEMPTS_EXCEEDED: 295 });
    expect(await verify(email, code)).toBe('none');
  });

  test('is a whole /64 of IPv6', async () => {
    const { email, code } = await mailedCode();
    const from = (ip: string) => verify(email, wrongCode(code), testRequest({ ip }));
    expect(await times(5, (host) => from(`2001:db8:0:7::${host}`))).toEqual(all(5, 'CODE_INVALID'));
    expect(await from('2001:db8:0:7:ffff::')).toBe('CODE_ATTEMPTS_EXCEEDED');
    expect(await from('2001:db8:0:8::')).toBe('CODE_INVALID');
  });

  test('is not given new attempts by right ones in between', async () => {
    const { email, code } = await mailedCode();
    const request = testRequest();
    for (let tries = 1; tries <= 4; tries += 1) {
      expect(await verify(email, wrongCode(code), request)).toBe('CODE_INVALID');
      expect(await verify(email, code, request)).toBe('none');
    }
    expect(await verify(email, wrongCode(code), request)).toBe('CODE_INVALID');
    expect(await verify(email, code, request)).toBe('CODE_ATTEMPTS_EXCEEDED');
  });

  test('gets CODE_INVALID exactly five times for 30 parallel attempts', async () => {
    const { email, code } = await mailedCode();
    const request = testRequest();
    const outcomes = await inParallel(30, () => verify(email, wrongCode(code), request));
    expect(tally(outcomes)).toEqual({ CODE_INVALID: 5, CODE_ATTEMPTS_EXCEEDED: 25 });
  });

  test('gets no sixth guess by sending the right code among parallel wrong ones', async () => {
    const { email, code } = await mailedCode();
    const request = testRequest();
    await times(5, () => verify(email, wrongCode(code), request));
    const outcomes = await inParallel(20, (index) => verify(email, index === 10 ? code : wrongCode(code), request));
    expect(tally(outcomes)).toEqual({ CODE_ATTEMPTS_EXCEEDED: 20 });
  });
});

describe('all IP addresses together', () => {
  test('get 20 wrong attempts, then the right code is refused for everyone', async () => {
    const { email, code } = await mailedCode();
    expect(await times(20, () => verify(email, wrongCode(code)))).toEqual(all(20, 'CODE_INVALID'));
    expect(await verify(email, wrongCode(code))).toBe('CODE_ATTEMPTS_EXCEEDED');
    expect(await verify(email, code)).toBe('CODE_ATTEMPTS_EXCEEDED');
  });

  test('get exactly 20 for parallel attempts from six', async () => {
    const { email, code } = await mailedCode();
    const requests = Array.from({ length: 6 }, () => testRequest());
    const outcomes = await inParallel(60, (index) => verify(email, wrongCode(code), requests[index % 6]));
    expect(tally(outcomes)).toEqual({ CODE_INVALID: 20, CODE_ATTEMPTS_EXCEEDED: 40 });
    expect(await verify(email, code)).toBe('CODE_ATTEMPTS_EXCEEDED');
  });

  test('leave a row that stays small, however many try', async () => {
    const { email, code } = await mailedCode();
    await times(60, () => verify(email, wrongCode(code)));
    const isOf = eq(verificationCodes.email, email.toLowerCase());
    const [row] = await t.deps.db.select().from(verificationCodes).where(isOf);
    expect(Object.keys(row?.attemptsByIp ?? {})).toHaveLength(21);
  });
});

test('a new code counts anew, for one IP address and for all', async () => {
  const { email, code: older } = await mailedCode();
  const request = testRequest();
  await times(6, () => verify(email, wrongCode(older), request));
  await times(20, () => verify(email, wrongCode(older)));
  t.clock.advance(60);
  const { code: newer } = await mailedCode(email);
  expect(await verify(email, older === newer ? wrongCode(older) : older, request)).toBe('CODE_INVALID');
  expect(await verify(email, newer, request)).toBe('none');
  const others = await times(20, () => verify(email, wrongCode(newer)));
  expect(tally(others)).toEqual({ CODE_INVALID: 19, CODE_ATTEMPTS_EXCEEDED: 1 });
});

// Every state in which there is no valid code: the attempts must not tell which one it is.
const WITHOUT_CODE: Record<string, () => Promise<{ email: string; code: string }>> = {
  'was ever sent': async () => ({ email: newPerson().email, code: '042195' }),
  'is left, because it was used': async () => {
    const { person } = await registerByCode(t);
    return { email: person.email, code: (await t.lastMail('verification-code', person.email)).code };
  },
  'is left, because it expired': async () => {
    const sent = await mailedCode();
    t.clock.advance(600);
    return sent;
  },
};

describe.each(Object.entries(WITHOUT_CODE))('where no code %s', (_state, prepare) => {
  test('wrong attempts get the same answers as with a code', async () => {
    const { email, code } = await prepare();
    const request = testRequest();
    const outcomes = await times(7, () => verify(email, wrongCode(code), request));
    expect(outcomes).toEqual([...all(5, 'CODE_INVALID'), ...all(2, 'CODE_ATTEMPTS_EXCEEDED')]);
    expect(await times(15, () => verify(email, wrongCode(code)))).toEqual(all(15, 'CODE_INVALID'));
    expect(await verify(email, wrongCode(code))).toBe('CODE_ATTEMPTS_EXCEEDED');
    expect(await verify(email, code, request)).toBe('CODE_ATTEMPTS_EXCEEDED');
  });

  test('they run the same statements', async () => {
    const trace = async ({ email, code }: { email: string; code: string }) => {
      t.statements();
      await verify(email, wrongCode(code));
      return t.statements();
    };
    expect(await trace(await prepare())).toEqual(await trace(await mailedCode()));
  });
});

test('a code counts anew if it is sent after wrong attempts without one', async () => {
  const { email } = newPerson();
  const request = testRequest();
  await times(6, () => verify(email, '000000', request));
  await times(20, () => verify(email, '000000'));
  const { code } = await mailedCode(email);
  expect(await verify(email, wrongCode(code), request)).toBe('CODE_INVALID');
  expect(await verify(email, code, request)).toBe('none');
});

test('a code that was used is CODE_INVALID however often it is presented: that is no guess', async () => {
  const { person } = await registerByCode(t);
  const { code } = await t.lastMail('verification-code', person.email);
  const request = testRequest();
  expect(await times(9, () => verify(person.email, code, request))).toEqual(all(9, 'CODE_INVALID'));
});

describe('over all emails and procedures', () => {
  const guesses = (request: Request) => [
    (email: string) => verify(email, '000000', request),
    (email: string) => refusalOf(register(t.deps, { ...newPerson(), email, code: '000000' }, request)),
    (email: string) => refusalOf(confirmPasswordReset(t.deps, { email, code: '000000', newPassword: NEW }, request)),
  ];

  test('an IP address gets 50 wrong codes in 15 minutes, then RATE_LIMITED with the wait', async () => {
    const request = testRequest();
    const calls = guesses(request);
    const guess = (index: number) => calls[index % calls.length]!(newPerson().email);
    expect(await times(50, guess)).toEqual(all(50, 'CODE_INVALID'));
    t.clock.advance(100);
    expect(await times(3, guess)).toEqual(all(3, 'RATE_LIMITED'));
    const { email, code } = await mailedCode();
    const right = () => verifyCode(t.deps, { email, code, type: 'register' }, request);
    expect(await waitOf(right())).toBe(MINUTES_15 - 100);
    expect(await verify(email, code)).toBe('none');
    t.clock.advance(MINUTES_15 - 100);
    expect(await times(1, guess)).toEqual(['CODE_INVALID']);
  });

  test('of 80 parallel wrong codes exactly 50 are answered as such', async () => {
    const request = testRequest();
    const outcomes = await inParallel(80, () => verify(newPerson().email, '000000', request));
    expect(tally(outcomes)).toEqual({ CODE_INVALID: 50, RATE_LIMITED: 30 });
  });

  test('attempts that are refused, and right codes, do not count', async () => {
    const request = testRequest();
    const { email, code } = await mailedCode();
    await times(60, () => verify(email, code, request));
    const outcomes = await times(60, () => verify(email, wrongCode(code), request));
    expect(tally(outcomes)).toEqual({ CODE_INVALID: 5, CODE_ATTEMPTS_EXCEEDED: 55 });
    expect(await verify(newPerson().email, '000000', request)).toBe('CODE_INVALID');
  });
});
