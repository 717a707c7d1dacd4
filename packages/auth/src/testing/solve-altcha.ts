import { encodeBase64 } from '@oslojs/encoding';
import { solveChallenge } from 'altcha-lib';
import { deriveKey } from 'altcha-lib/algorithms/pbkdf2';
import { z } from 'zod';

const challengeSchema = z.object({
  parameters: z.looseObject({
    algorithm: z.string(),
    cost: z.int(),
    keyLength: z.int(),
    keyPrefix: z.string(),
    nonce: z.string(),
    salt: z.string(),
  }),
  signature: z.string(),
});

/** Solves a challenge as the widget does and returns the payload it sends. It takes as much work as the widget. */
export const solveAltcha = async (challenge: unknown): Promise<string> => {
  const { parameters, signature } = challengeSchema.parse(challenge);
  const solution = await solveChallenge({ challenge: { parameters, signature }, deriveKey });
  return encodeBase64(new TextEncoder().encode(JSON.stringify({ challenge: { parameters, signature }, solution })));
};
