import { confirmEmail, sendVerification } from '@moonlight/auth';
import { confirmEmailInput, confirmEmailOutput, mailSentOutput, noInput } from '@moonlight/contracts';
import { bearerProcedure, publicProcedure, router } from '../procedures.ts';

export const emailVerificationRouter = router({
  send: bearerProcedure
    .input(noInput)
    .output(mailSentOutput)
    .mutation(({ ctx }) => sendVerification(ctx.auth.deps, ctx.identity.user, ctx.request)),
  confirm: publicProcedure
    .input(confirmEmailInput)
    .output(confirmEmailOutput)
    .mutation(({ ctx, input }) => confirmEmail(ctx.auth.deps, input, ctx.request)),
});
