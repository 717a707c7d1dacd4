import { checkEmail, register } from '@moonlight/auth';
import { checkEmailInput, checkEmailOutput, registerInput, registerOutput } from '@moonlight/contracts';
import { publicProcedure } from '../procedures.ts';
import { storeRefreshToken } from '../stored-refresh-token.ts';

export const registration = {
  register: publicProcedure.mutation({
    input: registerInput,
    output: registerOutput,
    run: async (ctx, input) => {
      const { user, tokens } = await register(ctx.auth.deps, input, ctx.request);
      return { user, tokens: tokens === null ? null : storeRefreshToken(ctx, tokens) };
    },
  }),
  checkEmail: publicProcedure.mutation({
    input: checkEmailInput,
    output: checkEmailOutput,
    run: ({ auth, request }, input) => checkEmail(auth.deps, input, request),
  }),
};
