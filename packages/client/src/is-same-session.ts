import type { StoredSession } from './session-store.ts';

/** The session an access token belongs to, which outlives its renewals; undefined for what is no such token. */
const sessionIdIn = (accessToken: string): unknown => {
  try {
    const payload = (accessToken.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/');
    const claims: unknown = JSON.parse(atob(payload));
    return typeof claims === 'object' && claims !== null && 'sid' in claims ? claims.sid : undefined;
  } catch {
    return undefined;
  }
};

/** Whether one is a renewal of the other, rather than what another login began. It is told by the service's own id. */
export const isSameSession = (one: StoredSession, other: StoredSession): boolean => {
  const id = sessionIdIn(one.accessToken);
  return id !== undefined && id === sessionIdIn(other.accessToken);
};
