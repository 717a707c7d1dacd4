import { AuthError } from '@moonlight/auth';
import { createTestAuth, logIn, registerByLink, type TestAuth, testRequest } from '@moonlight/auth/testing';
import { callTRPCProcedure, initTRPC } from '@trpc/server';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { appRouter } from './app-router.ts';
import type { Context } from './context.ts';
import { callProcedure, readProcedures } from './procedure-definitions.ts';
import { type Call, describedOnly, publicProcedure } from './procedures.ts';
import { publicError } from './public-error.ts';
import { extraProcedures } from './testing.ts';

const request = testRequest();
let auth: TestAuth;
let email: string;
let token: string;

beforeAll(async () => {
  auth = await createTestAuth();
  const { person } = await registerByLink(auth);
  email = person.email;
  token = (await logIn(auth, person)).accessToken;
});
afterAll(() => auth.close());

const contextOf = (bearer?: string): Context => ({ auth, request, token: bearer });

/** The result of a call: its output, or its public error code. */
const outcome = (call: Promise<unknown>) =>
  call.then(
    (output) => ({ output }),
    (error: unknown) => publicError(error, request).code,
  );

const callOf = (input: unknown): Call => ({
  path: 'test.call',
  ctx: contextOf(),
  getRawInput: () => Promise.resolve(input),
});

describe('a call', () => {
  const double = publicProcedure.query({
    input: z.strictObject({ amount: z.number().default(1) }),
    output: z.object({ doubled: z.number() }),
    run: (_ctx, { amount }) => {
      if (amount === 0) throw new AuthError('EMAIL_TAKEN');
      if (amount < 0) throw new Error('unexpected');
      return { doubled: amount > 100 ? Number.NaN : amount * 2, secret: 'not in the schema' };
    },
  });

  test.each([
    ['parses the input and returns only the fields of the output schema', {}, { output: { doubled: 2 } }],
    ['refuses an input of the wrong type', { amount: 'text' }, 'VALIDATION_FAILED'],
    ['refuses an input with an unknown key', { other: 1 }, 'VALIDATION_FAILED'],
    ['keeps the code of a domain error', { amount: 0 }, 'EMAIL_TAKEN'],
    ['turns an unexpected error into INTERNAL_ERROR', { amount: -1 }, 'INTERNAL_ERROR'],
    ['turns an output that does not match its schema into INTERNAL_ERROR', { amount: 101 }, 'INTERNAL_ERROR'],
  ])('%s', async (_name, input, expected) => {
    expect(await outcome(double(callOf(input)))).toEqual(expected);
  });

  test('checks the bearer token before the input', async () => {
    const bad = { unknown: 1 };
    expect(await outcome(callProcedure('account.profile', bad, contextOf()))).toBe('MISSING_TOKEN');
    expect(await outcome(callProcedure('account.profile', bad, contextOf('no token')))).toBe('TOKEN_INVALID');
    expect(await outcome(callProcedure('account.profile', bad, contextOf(token)))).toBe('VALIDATION_FAILED');
  });

  test('has the same result through tRPC and through callProcedure', async () => {
    const direct = await outcome(callProcedure('account.profile', undefined, contextOf(token)));
    const overTrpc = await outcome(
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
    expect(direct).toEqual({ output: expect.objectContaining({ email }) });
    expect(overTrpc).toEqual(direct);
  });
});

describe('the meta of a procedure', () => {
  test.each([...readProcedures(appRouter), ...extraProcedures])(
    'of %s says whether it refuses a call without a token',
    async (_path, { authentication, call }) => {
      const expected = authentication === 'required' ? 'MISSING_TOKEN' : 'VALIDATION_FAILED';
      expect(await outcome(call(callOf({ unknown: 1 })))).toBe(expected);
    },
  );

  test('is optional for auth.logout alone, where a refresh token can replace the bearer token', () => {
    const optional = [...readProcedures(appRouter)].filter(([, { authentication }]) => authentication === 'optional');
    expect(optional.map(([path]) => path)).toEqual(['auth.logout']);
  });
});

describe('a procedure made by tRPC’s own builder is refused, because its middlewares would not run as expected', () => {
  const t = initTRPC.create();
  const described = t.procedure.meta({ authentication: 'none' }).input(z.object({})).output(z.null());
  const run = () => Promise.resolve(null);
  const read = (procedure: Parameters<typeof t.router>[0][string]) => () => readProcedures(t.router({ procedure }));

  test.each([
    ['with a resolver of its own', described.query(() => null), /procedure: [^]*build it with publicProcedure/],
    [
      'with an added middleware',
      Object.assign(run, described.use(({ next }) => next()).query(describedOnly)),
      /procedure: [^]*a middleware of tRPC would never run/,
    ],
    ['without our meta', t.procedure.input(z.object({})).output(z.null()).query(describedOnly), /meta/],
  ])('%s', (_what, procedure, message) => expect(read(procedure)).toThrow(message));

  test('a procedure of our builder is accepted', () => {
    const procedure = publicProcedure.query({ input: z.object({}), output: z.null(), run: () => null });
    expect(read(procedure)).not.toThrow();
  });
});
