import { endOtherSessions, endSession, listSessions } from '@moonlight/auth';
import { noInput, revokeOthersOutput, revokeSessionInput, sessionsListOutput } from '@moonlight/contracts';
import { z } from 'zod';
import { bearer, router } from '../procedures.ts';

export const sessionsRouter = router({
  list: bearer.query({
    input: noInput,
    output: sessionsListOutput,
    run: ({ auth, identity }) => listSessions(auth.deps, identity),
  }),
  revoke: bearer.mutation({
    input: revokeSessionInput,
    output: z.null(),
    run: ({ auth, identity, request }, input) => endSession(auth.deps, { input, identity }, request),
  }),
  revokeOthers: bearer.mutation({
    input: noInput,
    output: revokeOthersOutput,
    run: ({ auth, identity, request }) => endOtherSessions(auth.deps, identity, request),
  }),
});
