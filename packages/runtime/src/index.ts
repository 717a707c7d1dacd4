export { createLogger, loggableError } from './create-logger.ts';
export { createRuntime, type Runtime } from './create-runtime.ts';
export { migrateAll, requireDatabaseUrl, startFailure } from './start-up.ts';
