import { sendCode, verifyCode } from '@moonlight/auth';
import { mailSentOutput, sendCodeInput, verifyCodeInput, verifyCodeOutput } from '@moonlight/contracts';
import { publicProcedure } from '../procedures.ts';

export const codes = {
  sendCode: publicProcedure.mutation({
    input: sendCodeInput,
    output: mailSentOutput,
    run: ({ auth, request }, input) => sendCode(auth.deps, input, request),
  }),
  verifyCode: publicProcedure.mutation({
    input: verifyCodeInput,
    output: verifyCodeOutput,
    run: ({ auth, request }, input) => verifyCode(auth.deps, input, request),
  }),
};
