import { confirmPasswordReset, sendPasswordReset } from '@moonlight/auth';
import { confirmPasswordResetInput, mailSentOutput, sendPasswordResetInput } from '@moonlight/contracts';
import { z } from 'zod';
import { publicProcedure, router } from '../procedures.ts';

export const passwordResetRouter = router({
  send: publicProcedure
    .input(sendPasswordResetInput)
    .output(mailSentOutput)
    .mutation(({ ctx, input }) => sendPasswordReset(ctx.auth.deps, input, ctx.request)),
  confirm: publicProcedure
    .input(confirmPasswordResetInput)
    .output(z.null())
    .mutation(({ ctx, input }) => confirmPasswordReset(ctx.auth.deps, input, ctx.request)),
});
