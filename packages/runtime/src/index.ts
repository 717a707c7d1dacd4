export { createLogger, loggableError } from './create-logger.ts';
export { createRuntime, type Runtime } from './create-runtime.ts';
export {
  askRedis,
  codeOf,
  explainFailure,
  findMissing,
  migrateAll,
  type Migrated,
  prepareStores,
  requireDatabaseUrl,
  startFailure,
  toDatabaseFailure,
} from './start-up.ts';
export { stopOnSignal } from './stop-on-signal.ts';
