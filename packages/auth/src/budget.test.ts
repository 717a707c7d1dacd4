import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { sendCode } from './codes/send-code.ts';
import { sendPasswordReset } from './password-reset/send-password-reset.ts';
import { register } from './registration/register.ts';
import { login } from './sessions/login.ts';
import { logout } from './sessions/manage-sessions.ts';
import { type Traffic, trafficOf } from './testing/count-traffic.ts';
import { createTestAuth, type TestAuth } from './testing/create-test-auth.ts';
import { logIn, newPerson, type Person, registerVerified } from './testing/people.ts';
import { testRequest } from './testing/test-inputs.ts';

// The table of docs/performance.md. A change of these numbers changes that table.

let t: TestAuth;
let person: Person;
beforeAll(async () => {
  t = await createTestAuth();
  ({ person } = await registerVerified(t));
  await logIn(t, person);
});
beforeEach(async () => {
  t.clock.advance(86_400);
  // The signing keys are read again once a second, whatever is called.
  await t.deps.keyRing.signingKey(t.clock.now());
});
afterAll(() => t.close());

const request = testRequest();
const traffic = (roundTrips: number, statements: number, synchronousCommits: number): Traffic => ({
  roundTrips,
  statements,
  synchronousCommits,
});

test('a bearer call takes one round trip and no commit', async () => {
  const { accessToken } = await logIn(t, person);
  expect(await trafficOf(t, () => t.authenticate(accessToken))).toEqual(traffic(1, 1, 0));
});

test('a refresh takes one round trip and one commit', async () => {
  const { refreshToken } = await logIn(t, person);
  expect(await trafficOf(t, () => t.refresh({ refreshToken }, request))).toEqual(traffic(1, 1, 1));
});

test('a login takes three round trips and one commit, the first one too', async () => {
  expect(await trafficOf(t, () => login(t.deps, person, request))).toEqual(traffic(3, 7, 1));
  const { person: second } = await registerVerified(t);
  expect(await trafficOf(t, () => login(t.deps, second, request))).toEqual(traffic(3, 8, 1));
});

test('a logout takes one round trip after the bearer check, and one commit', async () => {
  const { accessToken } = await logIn(t, person);
  const leave = async () => logout(t.deps, { input: undefined, identity: await t.authenticate(accessToken) }, request);
  expect(await trafficOf(t, leave)).toEqual(traffic(2, 2, 1));
  const { refreshToken } = await logIn(t, person);
  const withoutBearer = () => logout(t.deps, { input: { refreshToken }, identity: undefined }, request);
  expect(await trafficOf(t, withoutBearer)).toEqual(traffic(1, 1, 1));
});

test('registering takes four round trips and one commit, by link and by code', async () => {
  expect(await trafficOf(t, () => register(t.deps, newPerson(), request))).toEqual(traffic(4, 10, 1));
  const newcomer = newPerson();
  await sendCode(t.deps, { email: newcomer.email, type: 'register' }, testRequest());
  const { code } = await t.lastMail('verification-code', newcomer.email);
  const withCode = () => register(t.deps, { ...newcomer, code }, testRequest());
  expect(await trafficOf(t, withCode)).toEqual(traffic(4, 11, 1));
});

test('what is sent together runs in order: limits are counted and read before the account is looked up', async () => {
  t.statements();
  await register(t.deps, newPerson(), request);
  expect(t.statements().slice(0, 3)).toEqual([
    expect.stringContaining('from consume_limits('),
    expect.stringContaining('from peek_limits('),
    expect.stringMatching(/^select .* from "users"/),
  ]);
});

test('a code takes four round trips and one commit, to register and to reset', async () => {
  const toRegister = { email: newPerson().email, type: 'register' } as const;
  expect(await trafficOf(t, () => sendCode(t.deps, toRegister, testRequest()))).toEqual(traffic(4, 6, 1));
  const toReset = { email: person.email, type: 'reset_password' } as const;
  expect(await trafficOf(t, () => sendCode(t.deps, toReset, testRequest()))).toEqual(traffic(4, 7, 1));
});

test('a reset link takes three round trips and one commit', async () => {
  const send = () => sendPasswordReset(t.deps, { email: person.email }, request);
  expect(await trafficOf(t, send)).toEqual(traffic(3, 7, 1));
});
