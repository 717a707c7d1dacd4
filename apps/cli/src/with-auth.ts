import type { AuthDeps } from '@moonlight/auth';
import type { Config } from '@moonlight/config';

/** SQLSTATEs of a table, column or function that does not exist. */
const NOT_THERE: ReadonlySet<string> = new Set(['42P01', '42703', '42883']);

const toMigrationFailure = (code: string): Error | undefined =>
  NOT_THERE.has(code) ? new Error(`The database lacks migrations (${code}). Run: moonlight migrate`) : undefined;

/**
 * Opens the service's dependencies for `work`, and closes them. Throws ConfigError, and for a database that cannot be used
 * an Error that names DATABASE_URL, or `moonlight migrate` if its tables are not those of this version.
 */
export const withAuth = async <T>(config: Config, work: (deps: AuthDeps) => Promise<T>): Promise<T> => {
  const { codeOf, createLogger, createRuntime, requireDatabaseUrl, toDatabaseFailure } =
    await import('@moonlight/runtime');
  const databaseUrl = requireDatabaseUrl(config);
  // Standard output belongs to the answer, and a failure is reported by the command itself.
  const log = createLogger({ ...config, logging: { ...config.logging, level: 'silent', file: undefined } }, 'cli');
  const runtime = await createRuntime({ config, log, databaseUrl });
  try {
    const { deps } = runtime.auth;
    await deps.db.$client.query('select 1');
    return await work(deps);
  } catch (error) {
    throw toMigrationFailure(codeOf(error)) ?? toDatabaseFailure(error, databaseUrl);
  } finally {
    await runtime.close();
  }
};
