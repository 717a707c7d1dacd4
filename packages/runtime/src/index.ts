export { createLogger } from './create-logger.ts';
export { createRuntime, requireDatabaseUrl, type Runtime } from './create-runtime.ts';
export { loggableError } from './loggable-error.ts';
export { migrateAll } from './migrate-all.ts';
export { startFailure } from './start-failure.ts';
