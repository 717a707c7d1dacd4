import type { User } from '@moonlight/contracts';
import { AuthError } from '../auth-error.ts';
import { newChallenge } from '../captcha/captcha.ts';
import { sendCode } from '../codes/send-code.ts';
import { verifyEmail } from '../email-verification/verify-email.ts';
import { sendPasswordReset } from '../password-reset/send-password-reset.ts';
import { register } from '../registration/register.ts';
import type { HashingPlace, PasswordHasher } from '../credentials/password-hasher.ts';
import type { Identity } from '../sessions/authenticate.ts';
import { login } from '../sessions/login.ts';
import type { TestAuth } from './create-test-auth.ts';
import { solveAltcha } from './solve-altcha.ts';
import { testRequest } from './test-inputs.ts';

export interface Person {
  readonly email: string;
  readonly username: string;
  readonly password: string;
}

let people = 0;

/** A person that no other test uses, not registered yet. */
export const newPerson = (): Person => {
  people += 1;
  return { email: `Person${people}@Example.com`, username: `Person_${people}`, password: `the quiet night ${people}` };
};

/** The token of a mailed link. */
export const tokenOf = (url: string): string => new URL(url).searchParams.get('token') ?? '';

/** Registers a new person by link; the email is not verified yet. */
export const registerByLink = async (
  t: TestAuth,
  request = testRequest(),
): Promise<{ person: Person; user: User; linkToken: string }> => {
  const person = newPerson();
  const { user } = await register(t.deps, person, request);
  return { person, user, linkToken: tokenOf((await t.lastMail('verification-link', person.email)).url) };
};

/** Registers a new person and verifies the email. */
export const registerVerified = async (t: TestAuth): Promise<{ person: Person; user: User }> => {
  const { person, user, linkToken } = await registerByLink(t);
  await verifyEmail(t.deps, { token: linkToken }, testRequest());
  return { person, user };
};

/** Registers a new person by a mailed code, which is the only way in strict privacy. */
export const registerByCode = async (t: TestAuth): Promise<{ person: Person; user: User }> => {
  const person = newPerson();
  await sendCode(t.deps, { email: person.email, type: 'register' }, testRequest());
  const { code } = await t.lastMail('verification-code', person.email);
  const { user } = await register(t.deps, { ...person, code }, testRequest());
  return { person, user };
};

/** Logs a person in: the tokens, and the identity of the access token. */
export const logIn = async (t: TestAuth, { email, password }: Person, request = testRequest()) => {
  const { tokens } = await login(t.deps, { email, password }, request);
  const identity: Identity = await t.authenticate(tokens.accessToken);
  return { ...tokens, identity };
};

/** Sends a reset link and returns its token. */
export const mailedResetToken = async (t: TestAuth, { email }: Pick<Person, 'email'>): Promise<string> => {
  await sendPasswordReset(t.deps, { email }, testRequest());
  return tokenOf((await t.lastMail('reset-link', email)).url);
};

/** Sends a code to reset the password and returns it. */
export const mailedResetCode = async (t: TestAuth, { email }: Pick<Person, 'email'>): Promise<string> => {
  await sendCode(t.deps, { email, type: 'reset_password' }, testRequest());
  return (await t.lastMail('reset-code', email)).code;
};

/** A hasher whose places do something else as well, or instead. */
export const changedHasher = (
  hasher: PasswordHasher,
  change: (place: HashingPlace) => Partial<HashingPlace>,
): PasswordHasher => ({
  ...hasher,
  enter: (ip) => {
    const place = hasher.enter(ip);
    return { ...place, ...change(place) };
  },
});

/** A new solution of the captcha. */
export const solved = async ({ deps }: TestAuth): Promise<string> => solveAltcha(await newChallenge(deps));

/** The code of a call's refusal, or `none`; other errors pass through. */
export const refusalOf = async (call: Promise<unknown>): Promise<string> => {
  try {
    await call;
    return 'none';
  } catch (error) {
    if (error instanceof AuthError) return error.code;
    throw error;
  }
};

/** The wait of a refused call, in whole seconds. */
export const waitOf = async (call: Promise<unknown>): Promise<number | undefined> => {
  try {
    await call;
    return undefined;
  } catch (error) {
    return error instanceof AuthError ? error.retryAfter : undefined;
  }
};

/** A code of six digits that differs from the given one. */
export const wrongCode = (code: string): string => `${(Number(code[0]) + 1) % 10}${code.slice(1)}`;

/** The number of times each outcome occurs. */
export const tally = (outcomes: readonly string[]): Record<string, number> =>
  Object.fromEntries([...new Set(outcomes)].map((name) => [name, outcomes.filter((each) => each === name).length]));

/** Makes a call several times in parallel. */
export const inParallel = <T>(times: number, call: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: times }, (_, index) => call(index)));
