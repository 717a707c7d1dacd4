import type { User } from '@moonlight/contracts';
import { AuthError } from '../auth-error.ts';
import type { AuthDeps } from '../deps.ts';
import { prepareAuthenticate } from './sessions-store.ts';

/** Who makes a bearer call, and in which session. */
export interface Identity {
  readonly user: User;
  readonly sessionId: string;
}

/**
 * Makes the bearer check: the token by its signature and claims without I/O, then account and session by one query,
 * which is what makes logout and disablement immediate on every replica. The check throws MISSING_TOKEN, TOKEN_EXPIRED,
 * TOKEN_INVALID, USER_NOT_FOUND, ACCOUNT_DISABLED.
 */
export const createAuthenticate = (deps: AuthDeps): ((token: string | undefined) => Promise<Identity>) => {
  const find = prepareAuthenticate(deps.db);
  return async (token) => {
    if (token === undefined) throw new AuthError('MISSING_TOKEN');
    const now = deps.clock.now();
    const { sub: userId, sid: sessionId } = await deps.verifyToken(token, now);
    const row = await find(sessionId, userId);
    if (row === undefined) throw new AuthError('USER_NOT_FOUND');
    const { aliveUntilMs, ...user } = row;
    if (aliveUntilMs === null || aliveUntilMs <= now.getTime()) throw new AuthError('TOKEN_INVALID');
    if (!user.isActive) throw new AuthError('ACCOUNT_DISABLED');
    return { user, sessionId };
  };
};
