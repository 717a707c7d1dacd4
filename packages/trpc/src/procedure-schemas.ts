import { z } from 'zod';
import { appRouter } from './app-router.ts';
import type { ProcedurePath } from './call-procedure.ts';

const procedures = new Map<string, unknown>(Object.entries(appRouter._def.procedures));

const asSchema = (value: unknown, what: string): z.core.$ZodType => {
  if (value instanceof z.core.$ZodType) return value;
  throw new Error(`${what} has no schema of its own`);
};

/** The schemas a procedure parses its input and its output with. Throws where it declares none, or more than one input. */
export const procedureSchemas = (path: ProcedurePath): { input: z.core.$ZodType; output: z.core.$ZodType } => {
  const procedure = procedures.get(path);
  if (typeof procedure !== 'function' || !('_def' in procedure)) throw new Error(`${path} is no procedure`);
  const { inputs, output } = z
    .looseObject({ inputs: z.tuple([z.unknown()]), output: z.unknown() })
    .parse(procedure._def);
  return { input: asSchema(inputs[0], `the input of ${path}`), output: asSchema(output, `the output of ${path}`) };
};
