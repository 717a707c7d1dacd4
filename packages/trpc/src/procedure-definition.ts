import { z } from 'zod';
import { appRouter } from './app-router.ts';
import type { ProcedurePath } from './procedure-path.ts';
import type { Call } from './procedures.ts';

const definitionSchema = z.object({
  inputs: z.tuple([z.instanceof(z.core.$ZodType)]),
  output: z.instanceof(z.core.$ZodType),
});

type Procedure = ((call: Call) => Promise<unknown>) & { readonly _def: unknown };

const isProcedure = (value: unknown): value is Procedure => typeof value === 'function' && '_def' in value;

const read = ([path, procedure]: [string, unknown]) => {
  if (!isProcedure(procedure)) throw new Error(`${path} is no procedure`);
  const { inputs, output } = definitionSchema.parse(procedure._def);
  return [path, { call: procedure, input: inputs[0], output }] as const;
};

// tRPC keeps them flat, by their full names; its types show the routers they came from.
const definitions = new Map(Object.entries<unknown>(appRouter._def.procedures).map(read));

/** A procedure: what calls it, and its schemas. */
export const procedureDefinition = (path: ProcedurePath) => {
  const definition = definitions.get(path);
  if (definition === undefined) throw new Error(`${path} is no procedure`);
  return definition;
};
