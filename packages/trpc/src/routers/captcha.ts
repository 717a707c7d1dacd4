import { newChallenge } from '@moonlight/auth';
import { noInput } from '@moonlight/contracts';
import { z } from 'zod';
import { publicProcedure, router } from '../procedures.ts';

export const captchaRouter = router({
  challenge: publicProcedure
    .input(noInput)
    .output(z.record(z.string(), z.unknown()))
    .query(({ ctx }) => newChallenge(ctx.auth.deps)),
});
