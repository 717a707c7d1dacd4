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
import { handOut, keptTokenProcedure } from '../kept-token.ts';
import { logoutIdentity } from '../logout-identity.ts';
import { publicProcedure, router } from '../procedures.ts';

export const authRouter = router({
  register: publicProcedure
    .input(registerInput)
    .output(registerOutput)
    .mutation(async ({ ctx, input }) => {
      const { user, tokens } = await register(ctx.auth.deps, input, ctx.request);
      return { user, tokens: tokens === null ? null : handOut(ctx, tokens) };
    }),
  login: publicProcedure
    .input(loginInput)
    .output(loginOutput)
    .mutation(async ({ ctx, input }) => {
      const { user, tokens } = await login(ctx.auth.deps, input, ctx.request);
      return { user, tokens: handOut(ctx, tokens) };
    }),
  refresh: keptTokenProcedure
    .input(refreshInput)
    .output(tokensSchema)
    .mutation(async ({ ctx, input }) => handOut(ctx, await ctx.auth.refresh(input, ctx.request))),
  logout: keptTokenProcedure
    .input(logoutInput)
    .output(z.null())
    .mutation(async ({ ctx, input }) => {
      const identity = await logoutIdentity(ctx, input);
      await logout(ctx.auth.deps, { input, identity }, ctx.request);
      ctx.keeper?.forget();
      return null;
    }),
  checkEmail: publicProcedure
    .input(checkEmailInput)
    .output(checkEmailOutput)
    .mutation(({ ctx, input }) => checkEmail(ctx.auth.deps, input, ctx.request)),
  sendCode: publicProcedure
    .input(sendCodeInput)
    .output(mailSentOutput)
    .mutation(({ ctx, input }) => sendCode(ctx.auth.deps, input, ctx.request)),
  verifyCode: publicProcedure
    .input(verifyCodeInput)
    .output(verifyCodeOutput)
    .mutation(({ ctx, input }) => verifyCode(ctx.auth.deps, input)),
});
