export { answerCalls, type HttpCalls } from './answer-calls.ts';
export { type AppRouter, appRouter } from './app-router.ts';
export { bearerToken, type Context, currentRequest, type TokenStore } from './context.ts';
export {
  callProcedure,
  type ProcedureDefinition,
  procedureDefinition,
  type ProcedureOutput,
  type ProcedurePath,
  readProcedures,
} from './procedure-definitions.ts';
export type { ErrorData } from './procedures.ts';
export { asTrpcError, type PublicError, publicError, responseMeta } from './public-error.ts';
