import { login, register } from '@moonlight/auth';
import { createTestAuth, type TestAuth, testRequest } from '@moonlight/auth/testing';
import { callTRPCProcedure } from '@trpc/server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { appRouter } from './app-router.ts';
import { callProcedure } from './call-procedure.ts';
import type { Context } from './context.ts';
import { publicError } from './error-data.ts';
import type { ProcedurePath } from './procedure-path.ts';

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

/** What a call comes to: its output, or what its caller may know of its error. */
const outcome = (call: Promise<unknown>) =>
  call.then(
    (output) => ({ output }),
    (error: unknown) => ({ error: publicError(error, request) }),
  );

interface Call {
  readonly path: ProcedurePath;
  readonly input?: unknown;
  readonly isBearer?: true;
}

test.each<Call>([
  { path: 'account.profile', isBearer: true },
  { path: 'account.profile', input: {}, isBearer: true },
  { path: 'account.profile', input: { unknown: 1 }, isBearer: true },
  { path: 'account.profile' },
  { path: 'sessions.list', isBearer: true },
  { path: 'sessions.revoke', input: { id: 'no id' }, isBearer: true },
  { path: 'auth.checkEmail', input: { email: ' CALLER@example.com ' } },
  { path: 'auth.login', input: { email: account.email, password: 'wrong' } },
  { path: 'auth.login', input: 'text' },
  { path: 'auth.login' },
  { path: 'auth.verifyCode', input: { email: account.email, code: '123456' } },
  { path: 'emailVerification.confirm', input: { token: 'unknown' } },
  { path: 'captcha.challenge' },
])('$path with $input comes to what tRPC itself would make of it', async ({ path, input, isBearer }) => {
  const ctx: Context = { auth, request, token: isBearer === true ? token : undefined };
  const ours = await outcome(callProcedure(path, input, ctx));
  const theirs = await outcome(
    callTRPCProcedure({
      router: appRouter,
      path,
      getRawInput: () => Promise.resolve(input),
      ctx,
      type: 'mutation',
      allowMethodOverride: true,
      signal: undefined,
      batchIndex: 0,
    }),
  );
  expect(ours).toEqual(theirs);
});
