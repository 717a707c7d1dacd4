import { AuthError, type Identity } from '@moonlight/auth';
import type { LogoutInput } from '@moonlight/contracts';
import type { Context } from './context.ts';

/** Who logs out: the bearer where it is good; nobody where a refresh token shall decide in its place. */
export const logoutIdentity = async (ctx: Context, input: LogoutInput): Promise<Identity | undefined> => {
  if (ctx.token === undefined) return undefined;
  try {
    return await ctx.auth.authenticate(ctx.token);
  } catch (error) {
    // A session can be ended after its access token has expired: that is what the refresh token beside it is for.
    if (error instanceof AuthError && input?.refreshToken !== undefined) return undefined;
    throw error;
  }
};
