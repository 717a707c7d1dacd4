import { ConfigError } from '@moonlight/config';

/** Why a process did not start, for the person in front of it: the mistakes of the configuration, or what did not answer. */
export const startFailure = (error: unknown): string => {
  if (error instanceof ConfigError) return error.message;
  if (!(error instanceof Error)) return `The start failed: ${typeof error}`;
  const root = error.cause instanceof Error ? error.cause : error;
  const code = 'code' in root && typeof root.code === 'string' ? root.code : '';
  const reason = [code, root.message].filter((part) => part !== '').join(': ');
  const isAway = ['ECONNREFUSED', 'ENOTFOUND', 'ETIMEDOUT', 'EAI_AGAIN'].includes(code);
  return `The start failed: ${reason}${isAway ? '. Does PostgreSQL answer at DATABASE_URL?' : ''}`;
};
