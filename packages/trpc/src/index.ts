export { answerCalls, type HttpCalls } from './answer-calls.ts';
export { type AppRouter, appRouter } from './app-router.ts';
export {
  bearerToken,
  type CallObserver,
  type CallTrace,
  type Context,
  currentRequest,
  type FinishedCall,
  type TokenStore,
} from './context.ts';
export {
  callProcedure,
  type ProcedureDefinition,
  procedureDefinition,
  procedureNames,
  type ProcedureOutput,
  type ProcedurePath,
  readProcedures,
} from './procedure-definitions.ts';
export type { ErrorData } from './procedures.ts';
export { asTrpcError, errorCodeOf, type PublicError, publicError, responseMeta } from './public-error.ts';
