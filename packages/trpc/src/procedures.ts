import { AuthError } from '@moonlight/auth';
import type { ErrorCode, ValidationDetail } from '@moonlight/contracts';
import { initTRPC } from '@trpc/server';
import { type Context, currentRequest } from './context.ts';
import { asTrpcError, publicError } from './error-data.ts';

/** What Moonlight adds to the `data` of a tRPC error. */
export interface ErrorData {
  readonly error: ErrorCode;
  readonly requestId: string;
  readonly retryAfter?: number;
  readonly details?: readonly ValidationDetail[];
}

const t = initTRPC.context<Context>().create({
  // Never: with it a stack would be part of every error body.
  isDev: false,
  errorFormatter: ({ shape, error }) => {
    const { code, message, status, ...rest } = publicError(error, currentRequest.getStore());
    const { code: trpcCode, path } = shape.data;
    const data: ErrorData & { code: typeof trpcCode; httpStatus: number; path?: string } = {
      code: trpcCode,
      httpStatus: status,
      ...(path === undefined ? {} : { path }),
      error: code,
      ...rest,
    };
    return { message, code: shape.code, data };
  },
});

export const { router, createCallerFactory } = t;

/** Whoever calls. The domain's refusals become tRPC errors here, and nowhere else. */
export const publicProcedure = t.procedure.use(async ({ next }) => {
  const result = await next();
  if (!result.ok && result.error.cause instanceof AuthError) throw asTrpcError(result.error.cause);
  return result;
});

/** Callers whose bearer token, account and session are good; see createAuthenticate for its refusals. */
export const bearerProcedure = publicProcedure.use(async ({ ctx, next }) =>
  next({ ctx: { identity: await ctx.auth.authenticate(ctx.token) } }),
);
