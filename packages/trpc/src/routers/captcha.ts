import { newChallenge } from '@moonlight/auth';
import { captchaChallengeOutput, noInput } from '@moonlight/contracts';
import { publicProcedure } from '../procedures.ts';

export const captcha = {
  challenge: publicProcedure.query({
    input: noInput,
    output: captchaChallengeOutput,
    run: ({ auth }) => newChallenge(auth.deps),
  }),
};
