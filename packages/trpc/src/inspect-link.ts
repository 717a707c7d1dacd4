import { inspectVerificationLink } from '@moonlight/auth';
import { confirmEmailInput } from '@moonlight/contracts';
import { z } from 'zod';
import { open } from './procedures.ts';

/**
 * What the REST door's page looks at before somebody presses its button. It is no part of the service's surface: no
 * router has it.
 */
export const inspectLink = open.query({
  input: confirmEmailInput,
  output: z.object({ status: z.enum(['open', 'already_verified']) }),
  run: ({ auth }, input) => inspectVerificationLink(auth.deps, input),
});
