import { changePassword } from '@moonlight/auth';
import { changePasswordInput, noInput, userSchema } from '@moonlight/contracts';
import { z } from 'zod';
import { bearer, router } from '../procedures.ts';

export const accountRouter = router({
  profile: bearer.query({
    input: noInput,
    output: userSchema,
    run: ({ identity }) => identity.user,
  }),
  changePassword: bearer.mutation({
    input: changePasswordInput,
    output: z.null(),
    run: ({ auth, identity, request }, input) => changePassword(auth.deps, { input, identity }, request),
  }),
});
