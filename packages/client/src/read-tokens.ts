import type { StoredSession } from './session-store.ts';

const isTokens = (value: unknown): value is { accessToken: string; refreshToken: string; expiresIn: number } =>
  typeof value === 'object' &&
  value !== null &&
  'accessToken' in value &&
  typeof value.accessToken === 'string' &&
  'refreshToken' in value &&
  typeof value.refreshToken === 'string' &&
  'expiresIn' in value &&
  typeof value.expiresIn === 'number';

/** The session that freshly issued tokens make; undefined where there are none. */
export const readTokens = (value: unknown): StoredSession | undefined => {
  if (!isTokens(value)) return undefined;
  const { accessToken, refreshToken, expiresIn } = value;
  return { accessToken, refreshToken, expiresAt: Date.now() + expiresIn * 1000 };
};
