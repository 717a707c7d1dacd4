import type { Context } from './context.ts';
import { procedureDefinition } from './procedure-definition.ts';
import type { ProcedurePath } from './procedure-path.ts';

/**
 * Calls a procedure without HTTP: how the REST door enters the same rooms. The input is what came from outside; the
 * procedure parses it. Rejects with what publicError reads.
 */
export const callProcedure = (path: ProcedurePath, input: unknown, ctx: Context): Promise<unknown> =>
  procedureDefinition(path).call({ ctx, getRawInput: () => Promise.resolve(input) });
