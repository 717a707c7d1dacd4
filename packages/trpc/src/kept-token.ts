import { AuthError } from '@moonlight/auth';
import type { Tokens } from '@moonlight/contracts';
import type { Context } from './context.ts';
import { publicProcedure } from './procedures.ts';

/** The input with the kept refresh token in it, where the caller gave none. */
const withToken = (input: unknown, refreshToken: string): unknown => {
  if (input === undefined) return { refreshToken };
  const isIncomplete =
    typeof input === 'object' && input !== null && !Array.isArray(input) && !('refreshToken' in input);
  return isIncomplete ? { ...input, refreshToken } : input;
};

/** A procedure that takes the caller's refresh token from its keeper. A token that is refused is not kept any longer. */
export const keptTokenProcedure = publicProcedure.use(async ({ ctx, next, getRawInput }) => {
  const { keeper } = ctx;
  if (keeper?.refreshToken === undefined) return next();
  const { refreshToken } = keeper;
  const result = await next({ getRawInput: async () => withToken(await getRawInput(), refreshToken) });
  const refusal = result.ok ? undefined : result.error.cause;
  if (refusal instanceof AuthError && refusal.code.startsWith('REFRESH_TOKEN_')) keeper.forget();
  return result;
});

/** The tokens as the caller may see them: what is kept for it stays with its keeper. */
export const handOut = ({ keeper }: Context, tokens: Tokens): Tokens => {
  if (keeper === undefined) return tokens;
  keeper.keep(tokens.refreshToken);
  return { ...tokens, refreshToken: '' };
};
