export { createLogger, loggableError } from './create-logger.ts';
export { createRuntime, type Runtime } from './create-runtime.ts';
export {
  explainFailure,
  migrateAll,
  type Migrated,
  prepareStores,
  requireDatabaseUrl,
  startFailure,
} from './start-up.ts';
export { stopOnSignal } from './stop-on-signal.ts';
