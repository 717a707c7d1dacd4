import { AuthError } from '@moonlight/auth';
import type { Tokens } from '@moonlight/contracts';
import { TRPCError } from '@trpc/server';
import type { Context } from './context.ts';
import type { Wrap } from './procedures.ts';

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The input with the stored refresh token added, unless the caller sent one. */
const withToken = (input: unknown, refreshToken: string): unknown => {
  if (input === undefined) return { refreshToken };
  return isRecord(input) && !('refreshToken' in input) ? { ...input, refreshToken } : input;
};

/** Takes the refresh token from the caller's token store. The store is cleared when its token is refused. */
export const withStoredRefreshToken: Wrap = (call) => async (given) => {
  const { tokenStore } = given.ctx;
  if (tokenStore?.refreshToken === undefined) return call(given);
  const input = withToken(await given.getRawInput(), tokenStore.refreshToken);
  try {
    return await call({ ...given, getRawInput: () => Promise.resolve(input) });
  } catch (error) {
    const domainError = error instanceof TRPCError ? error.cause : undefined;
    const isStored = isRecord(input) && input['refreshToken'] === tokenStore.refreshToken;
    if (isStored && domainError instanceof AuthError && domainError.code.startsWith('REFRESH_TOKEN_'))
      tokenStore.clear();
    throw error;
  }
};

/**
 * New tokens for the refresh token in the caller's token store; null without one, and null for one that is not valid any
 * more, which is removed from the store. Throws ACCOUNT_DISABLED.
 */
export const restoreStoredSession = async (ctx: Context): Promise<Tokens | null> => {
  const refreshToken = ctx.tokenStore?.refreshToken;
  if (refreshToken === undefined) return null;
  try {
    return storeRefreshToken(ctx, await ctx.auth.refresh({ refreshToken }, ctx.request));
  } catch (error) {
    if (!(error instanceof AuthError && error.code.startsWith('REFRESH_TOKEN_'))) throw error;
    ctx.tokenStore?.clear();
    return null;
  }
};

/** The tokens as the caller may see them: a refresh token that goes to the token store is left out of the answer. */
export const storeRefreshToken = ({ tokenStore }: Context, tokens: Tokens): Tokens => {
  if (tokenStore === undefined) return tokens;
  tokenStore.save(tokens.refreshToken);
  return { ...tokens, refreshToken: '' };
};
