import { checkEmail, login, logout, register, sendCode, verifyCode } from '@moonlight/auth';
import {
  checkEmailInput,
  checkEmailOutput,
  loginInput,
  loginOutput,
  logoutInput,
  mailSentOutput,
  refreshInput,
  registerInput,
  registerOutput,
  sendCodeInput,
  tokensSchema,
  verifyCodeInput,
  verifyCodeOutput,
} from '@moonlight/contracts';
import { z } from 'zod';
import { handOut, keptToken } from '../kept-token.ts';
import { logoutIdentity } from '../logout-identity.ts';
import { open, router } from '../procedures.ts';

export const authRouter = router({
  register: open.mutation({
    input: registerInput,
    output: registerOutput,
    run: async (ctx, input) => {
      const { user, tokens } = await register(ctx.auth.deps, input, ctx.request);
      return { user, tokens: tokens === null ? null : handOut(ctx, tokens) };
    },
  }),
  login: open.mutation({
    input: loginInput,
    output: loginOutput,
    run: async (ctx, input) => {
      const { user, tokens } = await login(ctx.auth.deps, input, ctx.request);
      return { user, tokens: handOut(ctx, tokens) };
    },
  }),
  refresh: keptToken.mutation({
    input: refreshInput,
    output: tokensSchema,
    run: async (ctx, input) => handOut(ctx, await ctx.auth.refresh(input, ctx.request)),
  }),
  logout: keptToken.mutation({
    input: logoutInput,
    output: z.null(),
    run: async (ctx, input) => {
      const identity = await logoutIdentity(ctx, input);
      // What is kept may be the token of a login since then; a caller that did not name it is not refused for it.
      const isKept = identity !== undefined && input?.refreshToken === ctx.keeper?.refreshToken;
      await logout(ctx.auth.deps, { input: isKept ? undefined : input, identity }, ctx.request);
      ctx.keeper?.forget();
      return null;
    },
  }),
  checkEmail: open.mutation({
    input: checkEmailInput,
    output: checkEmailOutput,
    run: ({ auth, request }, input) => checkEmail(auth.deps, input, request),
  }),
  sendCode: open.mutation({
    input: sendCodeInput,
    output: mailSentOutput,
    run: ({ auth, request }, input) => sendCode(auth.deps, input, request),
  }),
  verifyCode: open.mutation({
    input: verifyCodeInput,
    output: verifyCodeOutput,
    run: ({ auth }, input) => verifyCode(auth.deps, input),
  }),
});
