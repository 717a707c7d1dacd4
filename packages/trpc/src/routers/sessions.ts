import { AuthError, endOtherSessions, endSession, type Identity, listSessions, login, logout } from '@moonlight/auth';
import {
  loginInput,
  loginOutput,
  type LogoutInput,
  logoutInput,
  noInput,
  refreshInput,
  revokeOthersOutput,
  revokeSessionInput,
  sessionsListOutput,
  tokensSchema,
} from '@moonlight/contracts';
import { z } from 'zod';
import type { Context } from '../context.ts';
import { procedures, protectedProcedure, publicProcedure } from '../procedures.ts';
import { restoreStoredSession, storeRefreshToken, withStoredRefreshToken } from '../stored-refresh-token.ts';

const refreshProcedure = procedures({
  authentication: 'none',
  authorize: (ctx) => ctx,
  wrap: withStoredRefreshToken,
});

// `run` reads the bearer token itself: a refresh token can take its place, and that is part of the input.
const logoutProcedure = procedures({
  authentication: 'optional',
  authorize: (ctx) => ctx,
  wrap: withStoredRefreshToken,
});

/** The bearer's identity; undefined without a valid bearer when a refresh token decides instead. */
const logoutIdentity = async (ctx: Context, input: LogoutInput): Promise<Identity | undefined> => {
  if (ctx.token === undefined) return undefined;
  try {
    const identity = await ctx.auth.authenticate(ctx.token);
    ctx.observer?.onIdentity(identity);
    return identity;
  } catch (error) {
    // A session can be ended after its access token has expired; the refresh token is sent for that case.
    if (error instanceof AuthError && input?.refreshToken !== undefined) return undefined;
    throw error;
  }
};

/** The ways into a session and out of it: `auth.login`, `auth.refresh`, `auth.logout`. */
export const sessionTokens = {
  login: publicProcedure.mutation({
    input: loginInput,
    output: loginOutput,
    run: async (ctx, input) => {
      const { user, tokens } = await login(ctx.auth.deps, input, ctx.request);
      return { user, tokens: storeRefreshToken(ctx, tokens) };
    },
  }),
  refresh: refreshProcedure.mutation({
    input: refreshInput,
    output: tokensSchema,
    run: async (ctx, input) => storeRefreshToken(ctx, await ctx.auth.refresh(input, ctx.request)),
  }),
  logout: logoutProcedure.mutation({
    input: logoutInput,
    output: z.null(),
    run: async (ctx, input) => {
      const identity = await logoutIdentity(ctx, input);
      // The stored token can belong to a later login. The caller did not send it, so it must not fail the bearer's logout.
      const isStored = identity !== undefined && input?.refreshToken === ctx.tokenStore?.refreshToken;
      await logout(ctx.auth.deps, { input: isStored ? undefined : input, identity }, ctx.request);
      ctx.tokenStore?.clear();
      return null;
    },
  }),
};

/** The sessions of the account: `sessions.list`, `sessions.revoke`, `sessions.revokeOthers`; and `sessions.restore`. */
export const sessions = {
  // For a page that does not know whether a user is logged in: that there is no session must not be an error in its console.
  restore: publicProcedure.mutation({ input: noInput, output: tokensSchema.nullable(), run: restoreStoredSession }),
  list: protectedProcedure.query({
    input: noInput,
    output: sessionsListOutput,
    run: ({ auth, identity }) => listSessions(auth.deps, identity),
  }),
  revoke: protectedProcedure.mutation({
    input: revokeSessionInput,
    output: z.null(),
    run: ({ auth, identity, request }, input) => endSession(auth.deps, { input, identity }, request),
  }),
  revokeOthers: protectedProcedure.mutation({
    input: noInput,
    output: revokeOthersOutput,
    run: ({ auth, identity, request }) => endOtherSessions(auth.deps, identity, request),
  }),
};
