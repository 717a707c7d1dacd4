import { confirmPasswordReset, sendPasswordReset } from '@moonlight/auth';
import { confirmPasswordResetInput, mailSentOutput, sendPasswordResetInput } from '@moonlight/contracts';
import { z } from 'zod';
import { publicProcedure } from '../procedures.ts';

export const passwordReset = {
  send: publicProcedure.mutation({
    input: sendPasswordResetInput,
    output: mailSentOutput,
    run: ({ auth, request }, input) => sendPasswordReset(auth.deps, input, request),
  }),
  confirm: publicProcedure.mutation({
    input: confirmPasswordResetInput,
    output: z.null(),
    run: ({ auth, request }, input) => confirmPasswordReset(auth.deps, input, request),
  }),
};
