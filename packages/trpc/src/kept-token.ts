import { AuthError } from '@moonlight/auth';
import type { Tokens } from '@moonlight/contracts';
import { TRPCError } from '@trpc/server';
import type { Context } from './context.ts';
import { type Around, procedures } from './procedures.ts';

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The input with the kept refresh token in it, where the caller gave none. */
const withToken = (input: unknown, refreshToken: string): unknown => {
  if (input === undefined) return { refreshToken };
  return isRecord(input) && !('refreshToken' in input) ? { ...input, refreshToken } : input;
};

const withKeptToken: Around = (call) => async (given) => {
  const { keeper } = given.ctx;
  if (keeper?.refreshToken === undefined) return call(given);
  const input = withToken(await given.getRawInput(), keeper.refreshToken);
  try {
    return await call({ ...given, getRawInput: () => Promise.resolve(input) });
  } catch (error) {
    const refusal = error instanceof TRPCError ? error.cause : undefined;
    const isOfKept = isRecord(input) && input['refreshToken'] === keeper.refreshToken;
    if (isOfKept && refusal instanceof AuthError && refusal.code.startsWith('REFRESH_TOKEN_')) keeper.forget();
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
