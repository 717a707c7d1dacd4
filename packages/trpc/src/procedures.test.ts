import { AuthError, login, register } from '@moonlight/auth';
import { createTestAuth, type TestAuth, testRequest } from '@moonlight/auth/testing';
import { callTRPCProcedure } from '@trpc/server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { appRouter } from './app-router.ts';
import { callProcedure } from './call-procedure.ts';
import type { Context } from './context.ts';
import { publicError } from './error-data.ts';
import { open, type Call } from './procedures.ts';

const account = { email: 'caller@example.com', password: 'a long and quiet night' };
const request = testRequest();
let auth: TestAuth;
let token: string;

beforeAll(async () => {
  auth = await createTestAuth();
  await register(auth.deps, { ...account, username: 'caller' }, request);
  const { tokens } = await login(auth.deps, account, request);
  token = tokens.accessToken;
});
afterAll(() => auth.close());

const contextOf = (bearer?: string): Context => ({ auth, request, token: bearer });

/** What a call comes to: its output, or the code its caller may know. */
const outcome = (call: Promise<unknown>) =>
  call.then(
    (output) => ({ output }),
    (error: unknown) => publicError(error, request).code,
  );

const doubling = open.query({
  input: z.strictObject({ amount: z.number().default(1) }),
  output: z.object({ doubled: z.number() }),
  run: (_ctx, { amount }) => {
    if (amount === 0) throw new AuthError('EMAIL_TAKEN');
    if (amount < 0) throw new Error('nobody foresaw this');
    return { doubled: amount > 100 ? Number.NaN : amount * 2, secret: 'for nobody' };
  },
});
const callOf = (input: unknown): Call => ({ ctx: contextOf(), getRawInput: () => Promise.resolve(input) });

test.each([
  ['the input is parsed, and the output holds what its schema knows', {}, { output: { doubled: 2 } }],
  ['an input that does not fit is refused', { amount: 'text' }, 'VALIDATION_FAILED'],
  ['and so is one with a key too much', { other: 1 }, 'VALIDATION_FAILED'],
  ['a refusal of the domain keeps its code', { amount: 0 }, 'EMAIL_TAKEN'],
  ['what nobody foresaw is an internal error', { amount: -1 }, 'INTERNAL_ERROR'],
  ['and so is an output that does not fit its schema', { amount: 101 }, 'INTERNAL_ERROR'],
])('%s', async (_name, input, expected) => {
  expect(await outcome(doubling(callOf(input)))).toEqual(expected);
});

test('a bearer is asked for before the input is looked at', async () => {
  const bad = { unknown: 1 };
  expect(await outcome(callProcedure('account.profile', bad, contextOf()))).toBe('MISSING_TOKEN');
  expect(await outcome(callProcedure('account.profile', bad, contextOf('no token')))).toBe('TOKEN_INVALID');
  expect(await outcome(callProcedure('account.profile', bad, contextOf(token)))).toBe('VALIDATION_FAILED');
});

test('both doors call the same procedure', async () => {
  const ours = await outcome(callProcedure('account.profile', undefined, contextOf(token)));
  const theirs = await outcome(
    callTRPCProcedure({
      router: appRouter,
      path: 'account.profile',
      getRawInput: () => Promise.resolve(undefined),
      ctx: contextOf(token),
      type: 'query',
      signal: undefined,
      batchIndex: 0,
    }),
  );
  expect(ours).toEqual({ output: expect.objectContaining({ email: account.email }) });
  expect(theirs).toEqual(ours);
});
