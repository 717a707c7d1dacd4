export { type AppRouter, appRouter, createCaller } from './app-router.ts';
export { bearerToken, type Context, currentRequest, type TokenKeeper } from './context.ts';
export { asTrpcError, type PublicError, publicError } from './error-data.ts';
export type { ErrorData } from './procedures.ts';
export { responseMeta } from './response-meta.ts';
