import { callTRPCProcedure, type inferRouterOutputs } from '@trpc/server';
import { type AppRouter, appRouter } from './app-router.ts';
import { type Context, currentRequest } from './context.ts';

type Outputs = inferRouterOutputs<AppRouter>;

/** The full name of every procedure, such as `auth.login`. */
export type ProcedurePath = {
  [Router in keyof Outputs]: `${Router}.${keyof Outputs[Router] & string}`;
}[keyof Outputs];

/** What a procedure answers. */
export type ProcedureOutput<Path extends ProcedurePath> = Path extends `${infer Router}.${infer Name}`
  ? Router extends keyof Outputs
    ? Name extends keyof Outputs[Router]
      ? Outputs[Router][Name]
      : never
    : never
  : never;

/**
 * Calls a procedure without HTTP: how the REST door enters the same rooms. The input is what came from outside; the
 * procedure parses it. Rejects with what publicError reads.
 */
export const callProcedure = (path: ProcedurePath, input: unknown, context: Context): Promise<unknown> =>
  currentRequest.run(context.request, () =>
    callTRPCProcedure({
      router: appRouter,
      path,
      getRawInput: () => Promise.resolve(input),
      ctx: context,
      // Who calls from within has no HTTP method that could be the wrong one for a query.
      type: 'mutation',
      allowMethodOverride: true,
      signal: undefined,
      batchIndex: 0,
    }),
  );
