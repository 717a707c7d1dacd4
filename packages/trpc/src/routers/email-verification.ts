import {
  inspectVerificationLink,
  rejectRegistration,
  resendVerification,
  sendVerification,
  verifyEmail,
} from '@moonlight/auth';
import {
  inspectLinkOutput,
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
  // A mutation, although it changes nothing: a query would put the token into the URL, and so into the logs of proxies.
  inspect: publicProcedure.mutation({
    input: verifyEmailInput,
    output: inspectLinkOutput,
    run: ({ auth }, input) => inspectVerificationLink(auth.deps, input),
  }),
};
