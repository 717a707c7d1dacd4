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
import { logoutIdentity } from '../logout-identity.ts';
import { publicProcedure, router } from '../procedures.ts';

export const authRouter = router({
  register: publicProcedure
    .input(registerInput)
    .output(registerOutput)
    .mutation(({ ctx, input }) => register(ctx.auth.deps, input, ctx.request)),
  login: publicProcedure
    .input(loginInput)
    .output(loginOutput)
    .mutation(({ ctx, input }) => login(ctx.auth.deps, input, ctx.request)),
  refresh: publicProcedure
    .input(refreshInput)
    .output(tokensSchema)
    .mutation(({ ctx, input }) => ctx.auth.refresh(input, ctx.request)),
  logout: publicProcedure
    .input(logoutInput)
    .output(z.null())
    .mutation(async ({ ctx, input }) =>
      logout(ctx.auth.deps, { input, identity: await logoutIdentity(ctx, input) }, ctx.request),
    ),
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
