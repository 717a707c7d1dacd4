export {
  type Database,
  type DatabaseClient,
  type DatabaseOptions,
  openDatabase,
  type Timeouts,
  violatedUniqueIndex,
} from './client.ts';
export { migrate, missingMigrations, unknownMigrations } from './migrate.ts';
export type { PreparedStatements } from './prepared-statements.ts';
export * from './schema.ts';
export { type Connection, fieldsOf, insertInto, prepared, type StatementWriter } from './statements.ts';
export { type Executor, pipelined, transaction, type Tx } from './transaction.ts';
export { isDatabaseUnavailable } from './unavailable.ts';
export { DatabaseLockedError, type LockingClient, type LockWait, withLockTimeout } from './with-lock-timeout.ts';
