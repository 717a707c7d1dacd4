/**
 * What the log may hold of an error: class, code, message and stack, down to the first cause. Drizzle's own message
 * lists a statement's parameters, and PostgreSQL's `detail` quotes values: both may be secrets and stay out.
 */
export const loggableError = (error: unknown): Readonly<Record<string, unknown>> => {
  if (!(error instanceof Error)) return { type: typeof error };
  if ('query' in error && 'params' in error && error.cause !== undefined) return loggableError(error.cause);
  return {
    type: error.name,
    ...('code' in error ? { code: error.code } : {}),
    message: error.message,
    stack: error.stack,
    ...(error.cause instanceof Error ? { cause: loggableError(error.cause) } : {}),
  };
};
