import { endOtherSessions, endSession, listSessions } from '@moonlight/auth';
import { noInput, revokeOthersOutput, revokeSessionInput, sessionsListOutput } from '@moonlight/contracts';
import { z } from 'zod';
import { bearerProcedure, router } from '../procedures.ts';

export const sessionsRouter = router({
  list: bearerProcedure
    .input(noInput)
    .output(sessionsListOutput)
    .query(({ ctx }) => listSessions(ctx.auth.deps, ctx.identity)),
  revoke: bearerProcedure
    .input(revokeSessionInput)
    .output(z.null())
    .mutation(({ ctx, input }) => endSession(ctx.auth.deps, { input, identity: ctx.identity }, ctx.request)),
  revokeOthers: bearerProcedure
    .input(noInput)
    .output(revokeOthersOutput)
    .mutation(({ ctx }) => endOtherSessions(ctx.auth.deps, ctx.identity, ctx.request)),
});
