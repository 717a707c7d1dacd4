export { type Database, type DatabaseClient, type DatabaseOptions, type Executor, openDatabase } from './client.ts';
export { migrate } from './migrate.ts';
export * from './schema.ts';
export { violatedUniqueIndex } from './sqlstate.ts';
