import { AuthError } from '@moonlight/auth';
import type { ErrorCode, ValidationDetail } from '@moonlight/contracts';
import { initTRPC, TRPCError } from '@trpc/server';
import type { z } from 'zod';
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

export const { router } = t;

/** One call of a procedure; tRPC's own calls hold more. */
export interface Call {
  readonly ctx: Context;
  /** What came from outside. */
  readonly getRawInput: () => Promise<unknown>;
}

/** Does something before or after a call. */
export type Around = <Output>(call: (call: Call) => Promise<Output>) => (call: Call) => Promise<Output>;

interface Parts<Caller, Input extends z.ZodType, Output extends z.ZodType> {
  readonly input: Input;
  readonly output: Output;
  run(caller: Caller, input: z.output<Input>): Promise<z.input<Output>> | z.input<Output>;
}

const describedOnly = (): never => {
  throw new Error('tRPC describes this procedure, it does not run it');
};

/**
 * Makes procedures that admit a caller, parse the input, do their work and check the output, and turn the domain's
 * refusals into tRPC errors: here, and nowhere else. tRPC's builder describes them, but would run each of these steps
 * as a middleware of its own, which took a sixth of a bearer call's processor time.
 */
export const procedures = <Caller>(
  admit: (ctx: Context) => Caller | Promise<Caller>,
  around: Around = (call) => call,
) => {
  const callOf = <Input extends z.ZodType, Output extends z.ZodType>(parts: Parts<Caller, Input, Output>) =>
    around(async ({ ctx, getRawInput }): Promise<z.output<Output>> => {
      try {
        const caller = await admit(ctx);
        const given = parts.input.safeParse(await getRawInput());
        if (!given.success) throw new TRPCError({ code: 'BAD_REQUEST', cause: given.error });
        return parts.output.parse(await parts.run(caller, given.data));
      } catch (error) {
        throw error instanceof AuthError ? asTrpcError(error) : error;
      }
    });
  const described = <Input extends z.ZodType, Output extends z.ZodType>(parts: Parts<Caller, Input, Output>) =>
    t.procedure.input(parts.input).output(parts.output);
  return {
    query: <Input extends z.ZodType, Output extends z.ZodType>(parts: Parts<Caller, Input, Output>) =>
      Object.assign(callOf(parts), described(parts).query(describedOnly)),
    mutation: <Input extends z.ZodType, Output extends z.ZodType>(parts: Parts<Caller, Input, Output>) =>
      Object.assign(callOf(parts), described(parts).mutation(describedOnly)),
  };
};

/** Procedures for whoever calls. */
export const open = procedures((ctx) => ctx);

/** Procedures for callers whose bearer token, account and session are good; see createAuthenticate for its refusals. */
export const bearer = procedures(async (ctx) => ({ ...ctx, identity: await ctx.auth.authenticate(ctx.token) }));
