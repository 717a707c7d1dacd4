import { changePassword } from '@moonlight/auth';
import { changePasswordInput, noInput, userSchema } from '@moonlight/contracts';
import { z } from 'zod';
import { bearerProcedure, router } from '../procedures.ts';

export const accountRouter = router({
  profile: bearerProcedure
    .input(noInput)
    .output(userSchema)
    .query(({ ctx }) => ctx.identity.user),
  changePassword: bearerProcedure
    .input(changePasswordInput)
    .output(z.null())
    .mutation(({ ctx, input }) => changePassword(ctx.auth.deps, { input, identity: ctx.identity }, ctx.request)),
});
