export { type AppRouter, appRouter } from './app-router.ts';
export { callProcedure } from './call-procedure.ts';
export { bearerToken, type Context, currentRequest, type TokenKeeper } from './context.ts';
export { asTrpcError, type PublicError, publicError } from './error-data.ts';
export { inspectLink } from './inspect-link.ts';
export { procedureDefinition } from './procedure-definition.ts';
export type { ProcedureOutput, ProcedurePath } from './procedure-path.ts';
export type { ErrorData } from './procedures.ts';
export { responseMeta } from './response-meta.ts';
