import type { TRPCError } from '@trpc/server';
import { z } from 'zod';
import { appRouter } from './app-router.ts';
import type { Context } from './context.ts';
import type { ProcedurePath } from './procedure-path.ts';

/** What a step of a procedure hands back, and to the step before it. */
export type StepResult =
  | { readonly ok: true; readonly data: unknown }
  | { readonly ok: false; readonly error: TRPCError };

/** What a step works with. */
export interface StepOptions {
  readonly ctx: Context;
  readonly input: unknown;
  readonly getRawInput: () => Promise<unknown>;
  readonly path: string;
  readonly type: string;
  readonly meta: unknown;
  readonly signal: undefined;
  readonly batchIndex: number;
}

/** What a step changes for those after it. */
export type StepChanges = Partial<Pick<StepOptions, 'ctx' | 'input' | 'getRawInput'>>;

/** A middleware, a check of input or output, or at the end the procedure itself. */
export type Step = (
  options: StepOptions & { readonly next: (changes?: StepChanges) => Promise<StepResult> },
) => Promise<StepResult>;

const isFunction = (value: unknown): boolean => typeof value === 'function';

// What tRPC keeps of a procedure. Its types do not show all of it; the tests compare what we make of it with tRPC's own.
const definitionSchema = z.object({
  type: z.string(),
  inputs: z.tuple([z.instanceof(z.core.$ZodType)]),
  output: z.instanceof(z.core.$ZodType),
  middlewares: z.array(z.custom<Step>(isFunction)).nonempty(),
});

const hasDefinition = (value: unknown): value is { readonly _def: unknown } =>
  typeof value === 'function' && '_def' in value;

const read = ([path, procedure]: [string, unknown]) => {
  const definition = hasDefinition(procedure) ? definitionSchema.safeParse(procedure._def) : undefined;
  if (definition?.success !== true) throw new Error(`${path} needs one input schema and one output schema`);
  const { type, inputs, output, middlewares } = definition.data;
  return [path, { type, input: inputs[0], output, steps: middlewares }] as const;
};

const definitions = new Map<string, ReturnType<typeof read>[1]>(Object.entries(appRouter._def.procedures).map(read));

/** The type of a procedure, its schemas, and the steps it consists of. */
export const procedureDefinition = (path: ProcedurePath) => {
  const definition = definitions.get(path);
  if (definition === undefined) throw new Error(`${path} is no procedure`);
  return definition;
};
