import type { inferRouterOutputs } from '@trpc/server';
import type { AppRouter } from './app-router.ts';

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
