import { confirmPasswordReset, sendPasswordReset } from '@moonlight/auth';
import { confirmPasswordResetInput, mailSentOutput, sendPasswordResetInput } from '@moonlight/contracts';
import { z } from 'zod';
import { open, router } from '../procedures.ts';

export const passwordResetRouter = router({
  send: open.mutation({
    input: sendPasswordResetInput,
    output: mailSentOutput,
    run: ({ auth, request }, input) => sendPasswordReset(auth.deps, input, request),
  }),
  confirm: open.mutation({
    input: confirmPasswordResetInput,
    output: z.null(),
    run: ({ auth, request }, input) => confirmPasswordReset(auth.deps, input, request),
  }),
});
