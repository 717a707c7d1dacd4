import {
  inspectVerificationLink,
  rejectRegistration,
  resendVerification,
  sendVerification,
  verifyEmail,
} from '@moonlight/auth';
import {
  mailSentOutput,
  noInput,
  resendVerificationInput,
  verifyEmailInput,
  verifyEmailOutput,
} from '@moonlight/contracts';
import { z } from 'zod';
import { protectedProcedure, publicProcedure } from '../procedures.ts';

export const emailVerification = {
  send: protectedProcedure.mutation({
    input: noInput,
    output: mailSentOutput,
    run: ({ auth, identity, request }) => sendVerification(auth.deps, identity.user, request),
  }),
  resend: publicProcedure.mutation({
    input: resendVerificationInput,
    output: mailSentOutput,
    run: ({ auth, request }, input) => resendVerification(auth.deps, input, request),
  }),
  confirm: publicProcedure.mutation({
    input: verifyEmailInput,
    output: verifyEmailOutput,
    run: ({ auth, request }, input) => verifyEmail(auth.deps, input, request),
  }),
  reject: publicProcedure.mutation({
    input: verifyEmailInput,
    output: z.null(),
    run: ({ auth, request }, input) => rejectRegistration(auth.deps, input, request),
  }),
};

/**
 * Reads the state of a verification link without using it, for the page that the REST API shows before its button is
 * pressed. It is in no router and so not part of the public API.
 */
export const inspectLink = publicProcedure.query({
  input: verifyEmailInput,
  output: z.object({ status: z.enum(['open', 'already_verified']) }),
  run: ({ auth }, input) => inspectVerificationLink(auth.deps, input),
});
