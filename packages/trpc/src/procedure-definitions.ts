import type { inferRouterOutputs } from '@trpc/server';
import { z } from 'zod';
import { type AppRouter, appRouter } from './app-router.ts';
import type { Context } from './context.ts';
import { type Authentication, type Call, describedOnly } from './procedures.ts';

type Outputs = inferRouterOutputs<AppRouter>;

/** The full name of every procedure, such as `auth.login`. */
export type ProcedurePath = {
  [Router in keyof Outputs]: `${Router}.${keyof Outputs[Router] & string}`;
}[keyof Outputs];

/** The output of a procedure. */
export type ProcedureOutput<Path extends ProcedurePath> = Path extends `${infer Router}.${infer Name}`
  ? Router extends keyof Outputs
    ? Name extends keyof Outputs[Router]
      ? Outputs[Router][Name]
      : never
    : never
  : never;

/** A procedure as its builder declared it. */
export interface ProcedureDefinition {
  readonly type: 'query' | 'mutation';
  readonly authentication: Authentication;
  readonly input: z.core.$ZodType;
  readonly output: z.core.$ZodType;
  readonly call: (call: Call) => Promise<unknown>;
}

const definitionSchema = z.object({
  type: z.enum(['query', 'mutation']),
  meta: z.object({ authentication: z.enum(['none', 'optional', 'required']) }),
  inputs: z.tuple([z.instanceof(z.core.$ZodType)]),
  output: z.instanceof(z.core.$ZodType),
  resolver: z.custom((resolver) => resolver === describedOnly, 'build it with publicProcedure or protectedProcedure'),
  // tRPC's own for the input, the output and the resolver.
  middlewares: z.array(z.unknown()).length(3, 'a middleware of tRPC would never run'),
});

type Procedure = ((call: Call) => Promise<unknown>) & { readonly _def: unknown };

const isProcedure = (value: unknown): value is Procedure => typeof value === 'function' && '_def' in value;

const readProcedure = ([path, procedure]: [string, unknown]): [string, ProcedureDefinition] => {
  if (!isProcedure(procedure)) throw new Error(`${path} is not a procedure`);
  const read = definitionSchema.safeParse(procedure._def);
  if (!read.success) throw new Error(`${path}: ${z.prettifyError(read.error)}`);
  const { type, meta, inputs, output } = read.data;
  return [path, { type, authentication: meta.authentication, input: inputs[0], output, call: procedure }];
};

/**
 * Every procedure of a router by its full name. Throws for a procedure that was not built by `procedures`, and for one with
 * a middleware of tRPC.
 */
export const readProcedures = (router: {
  readonly _def: { readonly procedures: object };
}): ReadonlyMap<string, ProcedureDefinition> =>
  // tRPC keeps them in one flat record; only its types nest them by router.
  new Map(Object.entries<unknown>({ ...router._def.procedures }).map(readProcedure));

const definitions = readProcedures(appRouter);

/** The full names of all procedures. */
export const procedureNames: readonly string[] = [...definitions.keys()];

/** The definition of one procedure of the service. */
export const procedureDefinition = (path: ProcedurePath): ProcedureDefinition => {
  const definition = definitions.get(path);
  if (definition === undefined) throw new Error(`${path} is not a procedure`);
  return definition;
};

/**
 * Calls a procedure directly, without HTTP; the REST API does so. The input is what the caller sent, and the procedure
 * parses it. Rejects with an error that `publicError` reads.
 */
export const callProcedure = (path: ProcedurePath, input: unknown, ctx: Context): Promise<unknown> =>
  procedureDefinition(path).call({ path, ctx, getRawInput: () => Promise.resolve(input) });
