import type { AuthDeps } from '@moonlight/auth';
import type { Config } from '@moonlight/config';

/**
 * Opens the service's dependencies for `work`, and closes them. Throws ConfigError, and for a database that cannot be used
 * an Error that names DATABASE_URL.
 */
export const withAuth = async <T>(config: Config, work: (deps: AuthDeps) => Promise<T>): Promise<T> => {
  const { createLogger, createRuntime, requireDatabaseUrl, toDatabaseFailure } = await import('@moonlight/runtime');
  const databaseUrl = requireDatabaseUrl(config);
  // Standard output belongs to the answer, and a failure is reported by the command itself.
  const log = createLogger({ ...config, logging: { ...config.logging, level: 'silent', file: undefined } }, 'cli');
  const runtime = await createRuntime({ config, log, databaseUrl });
  try {
    const { deps } = runtime.auth;
    await deps.db.$client.query('select 1');
    return await work(deps);
  } catch (error) {
    throw toDatabaseFailure(error, databaseUrl);
  } finally {
    await runtime.close();
  }
};
