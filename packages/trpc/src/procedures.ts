import { refusalFrom } from '@moonlight/auth';
import type { ErrorCode, ValidationDetail } from '@moonlight/contracts';
import { initTRPC, TRPCError } from '@trpc/server';
import type { z } from 'zod';
import { type Context, currentRequest } from './context.ts';
import { asTrpcError, errorCodeOf, publicError } from './public-error.ts';

/** What Moonlight adds to the `data` of a tRPC error. */
export interface ErrorData {
  readonly error: ErrorCode;
  readonly requestId: string;
  /** Seconds. */
  readonly retryAfter?: number;
  readonly details?: readonly ValidationDetail[];
  /** When the account will be erased (ISO 8601), for ACCOUNT_DELETION_PENDING. */
  readonly deletesAt?: string;
}

/** Whether a procedure needs a bearer access token. `optional`: something else can take its place. */
export type Authentication = 'none' | 'optional' | 'required';

/**
 * The meta of every procedure. The builder sets it; the typed client, the REST routes and the OpenAPI document read it, so
 * none of them has a list of its own.
 */
export interface ProcedureMeta {
  readonly authentication: Authentication;
}

const t = initTRPC
  .context<Context>()
  .meta<ProcedureMeta>()
  .create({
    // Must stay false: otherwise every error body contains a stack trace.
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

/** One call of a procedure. tRPC's own calls have more fields. */
export interface Call {
  /** The full name of the procedure. */
  readonly path: string;
  readonly ctx: Context;
  /** Resolves to the input as the caller sent it. */
  readonly getRawInput: () => Promise<unknown>;
}

/** Adds a step before or after a call. */
export type Wrap = <Output>(call: (call: Call) => Promise<Output>) => (call: Call) => Promise<Output>;

interface Access<Caller> extends ProcedureMeta {
  /** Resolves to what `run` receives. Rejects for callers that are not allowed. */
  readonly authorize: (ctx: Context) => Caller | Promise<Caller>;
  readonly wrap?: Wrap;
}

interface Parts<Caller, Input extends z.ZodType, Output extends z.ZodType> {
  readonly input: Input;
  readonly output: Output;
  run(caller: Caller, input: z.output<Input>): Promise<z.input<Output>> | z.input<Output>;
}

/** Reports the end of every call to the observer of its request. */
const observed =
  <Output>(run: (call: Call) => Promise<Output>) =>
  async (call: Call): Promise<Output> => {
    const { observer, trace } = call.ctx;
    if (observer === undefined) return run(call);
    const startedAt = performance.now();
    const finish = (error: ErrorCode | undefined): void =>
      observer.onFinished({ procedure: call.path, error, seconds: (performance.now() - startedAt) / 1000 });
    try {
      const output = await (trace === undefined ? run(call) : trace(call.path, () => run(call)));
      finish(undefined);
      return output;
    } catch (error) {
      finish(errorCodeOf(error));
      throw error;
    }
  };

/** The resolver of every procedure that `procedures` builds. It never runs. */
export const describedOnly = (): never => {
  throw new Error('tRPC describes this procedure but does not run it');
};

/**
 * Returns a builder of procedures. A call authorizes the caller, parses the input, runs, checks the output and turns
 * errors of the domain into tRPC errors; only this function does so. tRPC's builder only describes the procedures: it would
 * run each step as a middleware, which took a sixth of a bearer call's processor time. A middleware added with `.use()`
 * would therefore never run, and a test fails when a procedure has one.
 */
export const procedures = <Caller>({ authentication, authorize, wrap = (call) => call }: Access<Caller>) => {
  const callOf = <Input extends z.ZodType, Output extends z.ZodType>(parts: Parts<Caller, Input, Output>) =>
    observed(
      wrap(async ({ ctx, getRawInput }): Promise<z.output<Output>> => {
        try {
          const caller = await authorize(ctx);
          const given = parts.input.safeParse(await getRawInput());
          if (!given.success) throw new TRPCError({ code: 'BAD_REQUEST', cause: given.error });
          return parts.output.parse(await parts.run(caller, given.data));
        } catch (error) {
          const refusal = refusalFrom(error);
          throw refusal === undefined ? error : asTrpcError(refusal);
        }
      }),
    );
  const described = <Input extends z.ZodType, Output extends z.ZodType>(parts: Parts<Caller, Input, Output>) =>
    t.procedure.meta({ authentication }).input(parts.input).output(parts.output);
  return {
    query: <Input extends z.ZodType, Output extends z.ZodType>(parts: Parts<Caller, Input, Output>) =>
      Object.assign(callOf(parts), described(parts).query(describedOnly)),
    mutation: <Input extends z.ZodType, Output extends z.ZodType>(parts: Parts<Caller, Input, Output>) =>
      Object.assign(callOf(parts), described(parts).mutation(describedOnly)),
  };
};

/** Procedures that need no session. */
export const publicProcedure = procedures({ authentication: 'none', authorize: (ctx) => ctx });

/**
 * Procedures that need a valid access token of an active session and account. Throws MISSING_TOKEN, TOKEN_EXPIRED,
 * TOKEN_INVALID, USER_NOT_FOUND and ACCOUNT_DISABLED.
 */
export const protectedProcedure = procedures({
  authentication: 'required',
  authorize: async (ctx) => {
    const identity = await ctx.auth.authenticate(ctx.token);
    ctx.observer?.onIdentity(identity);
    return { ...ctx, identity };
  },
});
