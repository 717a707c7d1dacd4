import { noInput } from '@moonlight/contracts';
import { z } from 'zod';
import { type ProcedureDefinition, readProcedures } from './procedure-definitions.ts';
import { protectedProcedure, publicProcedure, router } from './procedures.ts';

const parts = { input: noInput, output: z.null(), run: () => null };

/**
 * Two procedures that the service does not have: `extra.public` and `extra.protected`. Tests add them to show that nothing
 * but the builder decides which procedures need a session.
 */
export const extraProcedures: ReadonlyMap<string, ProcedureDefinition> = readProcedures(
  router({ extra: router({ public: publicProcedure.query(parts), protected: protectedProcedure.query(parts) }) }),
);
