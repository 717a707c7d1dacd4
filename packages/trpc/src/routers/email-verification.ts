import { confirmEmail, sendVerification } from '@moonlight/auth';
import { confirmEmailInput, confirmEmailOutput, mailSentOutput, noInput } from '@moonlight/contracts';
import { bearer, open, router } from '../procedures.ts';

export const emailVerificationRouter = router({
  send: bearer.mutation({
    input: noInput,
    output: mailSentOutput,
    run: ({ auth, identity, request }) => sendVerification(auth.deps, identity.user, request),
  }),
  confirm: open.mutation({
    input: confirmEmailInput,
    output: confirmEmailOutput,
    run: ({ auth, request }, input) => confirmEmail(auth.deps, input, request),
  }),
});
