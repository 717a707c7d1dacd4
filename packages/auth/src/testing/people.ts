import type { User } from '@moonlight/contracts';
import { AuthError } from '../auth-error.ts';
import { newChallenge } from '../captcha/new-challenge.ts';
import { solveAltcha } from '../captcha/solve-altcha.ts';
import { sendCode } from '../codes/send-code.ts';
import { register } from '../registration/register.ts';
import type { Identity } from '../sessions/authenticate.ts';
import { login } from '../sessions/login.ts';
import { confirmEmail } from '../email-verification/confirm-email.ts';
import type { TestAuth } from './create-test-auth.ts';
import { testRequest } from './test-request.ts';

export interface Person {
  readonly email: string;
  readonly username: string;
  readonly password: string;
}

let people = 0;

/** Somebody no test has met before, not registered yet. */
export const newPerson = (): Person => {
  people += 1;
  return { email: `Person${people}@Example.com`, username: `Person_${people}`, password: `the quiet night ${people}` };
};

/** The secret of a mailed link. */
export const tokenOf = (url: string): string => new URL(url).searchParams.get('token') ?? '';

/** Registers somebody new by link; the address is not verified yet. */
export const signUp = async (t: TestAuth): Promise<{ person: Person; user: User; linkToken: string }> => {
  const person = newPerson();
  const { user } = await register(t.deps, person, testRequest());
  return { person, user, linkToken: tokenOf((await t.lastMail('verification-link', person.email)).url) };
};

/** Registers somebody new and verifies the address. */
export const signUpVerified = async (t: TestAuth): Promise<{ person: Person; user: User }> => {
  const { person, user, linkToken } = await signUp(t);
  await confirmEmail(t.deps, { token: linkToken }, testRequest());
  return { person, user };
};

/** Registers somebody new by a mailed code, which is the only way in strict privacy. */
export const signUpByCode = async (t: TestAuth): Promise<{ person: Person; user: User }> => {
  const person = newPerson();
  await sendCode(t.deps, { email: person.email, type: 'register' }, testRequest());
  const { code } = await t.lastMail('verification-code', person.email);
  const { user } = await register(t.deps, { ...person, code }, testRequest());
  return { person, user };
};

/** Logs somebody in: the tokens and who they say it is. */
export const signIn = async (t: TestAuth, { email, password }: Person, request = testRequest()) => {
  const { tokens } = await login(t.deps, { email, password }, request);
  const identity: Identity = await t.authenticate(tokens.accessToken);
  return { ...tokens, identity };
};

/** A fresh solution of the captcha. */
export const solved = async ({ deps }: TestAuth): Promise<string> => solveAltcha(await newChallenge(deps));

/** The code a call is refused with, `none` if it is not; whatever is no refusal of the domain passes through. */
export const refusalOf = async (call: Promise<unknown>): Promise<string> => {
  try {
    await call;
    return 'none';
  } catch (error) {
    if (error instanceof AuthError) return error.code;
    throw error;
  }
};

/** Whole seconds a refused call is asked to wait. */
export const waitOf = async (call: Promise<unknown>): Promise<number | undefined> => {
  try {
    await call;
    return undefined;
  } catch (error) {
    return error instanceof AuthError ? error.retryAfter : undefined;
  }
};

/** Six digits that are not these. */
export const wrongCode = (code: string): string => `${(Number(code[0]) + 1) % 10}${code.slice(1)}`;

/** How often each outcome is among them. */
export const tally = (outcomes: readonly string[]): Record<string, number> =>
  Object.fromEntries([...new Set(outcomes)].map((name) => [name, outcomes.filter((each) => each === name).length]));

/** The same call so many times, side by side. */
export const sideBySide = <T>(times: number, call: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: times }, (_, index) => call(index)));
