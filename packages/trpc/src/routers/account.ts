import { changePassword } from '@moonlight/auth';
import { changePasswordInput, noInput, userSchema } from '@moonlight/contracts';
import { z } from 'zod';
import { protectedProcedure } from '../procedures.ts';

export const account = {
  profile: protectedProcedure.query({
    input: noInput,
    output: userSchema,
    run: ({ identity }) => identity.user,
  }),
  changePassword: protectedProcedure.mutation({
    input: changePasswordInput,
    output: z.null(),
    run: ({ auth, identity, request }, input) => changePassword(auth.deps, { input, identity }, request),
  }),
};
