export { createLogger, loggableError } from './create-logger.ts';
export { callTimeouts, createRuntime, type Runtime } from './create-runtime.ts';
export { settleWithin } from './settle-within.ts';
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
