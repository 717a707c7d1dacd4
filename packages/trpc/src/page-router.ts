import { inspectVerificationLink } from '@moonlight/auth';
import { confirmEmailInput } from '@moonlight/contracts';
import { createCallerFactory, publicProcedure, router } from './procedures.ts';

const pageRouter = router({
  inspectLink: publicProcedure
    .input(confirmEmailInput)
    .query(({ ctx, input }) => inspectVerificationLink(ctx.auth.deps, input)),
});

/**
 * What the REST door's pages look at before somebody presses their button. It is no part of the service's surface:
 * the tRPC door does not know it.
 */
export const createPageCaller = createCallerFactory(pageRouter);
