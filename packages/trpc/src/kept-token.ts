import { AuthError } from '@moonlight/auth';
import type { Tokens } from '@moonlight/contracts';
import { TRPCError } from '@trpc/server';
import type { Context } from './context.ts';
import { type Around, procedures } from './procedures.ts';

/** The input with the kept refresh token in it, where the caller gave none. */
const withToken = (input: unknown, refreshToken: string): unknown => {
  if (input === undefined) return { refreshToken };
  const isIncomplete =
    typeof input === 'object' && input !== null && !Array.isArray(input) && !('refreshToken' in input);
  return isIncomplete ? { ...input, refreshToken } : input;
};

const withKeptToken: Around = (call) => async (given) => {
  const { keeper } = given.ctx;
  if (keeper?.refreshToken === undefined) return call(given);
  const { refreshToken } = keeper;
  try {
    return await call({ ...given, getRawInput: async () => withToken(await given.getRawInput(), refreshToken) });
  } catch (error) {
    const refusal = error instanceof TRPCError ? error.cause : undefined;
    if (refusal instanceof AuthError && refusal.code.startsWith('REFRESH_TOKEN_')) keeper.forget();
    throw error;
  }
};

/** Procedures that take the caller's refresh token from its keeper. A token that is refused is not kept any longer. */
export const keptToken = procedures((ctx) => ctx, withKeptToken);

/** The tokens as the caller may see them: what is kept for it stays with its keeper. */
export const handOut = ({ keeper }: Context, tokens: Tokens): Tokens => {
  if (keeper === undefined) return tokens;
  keeper.keep(tokens.refreshToken);
  return { ...tokens, refreshToken: '' };
};
