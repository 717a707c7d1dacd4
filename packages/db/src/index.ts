export {
  type Database,
  type DatabaseClient,
  type DatabaseOptions,
  type Executor,
  openDatabase,
  transaction,
  type Tx,
  violatedUniqueIndex,
} from './client.ts';
export { migrate } from './migrate.ts';
export * from './schema.ts';
