import type { User } from '@moonlight/contracts';
import { AuthError } from '../auth-error.ts';
import type { AuthDeps } from '../deps.ts';
import { findAuthenticated } from './sessions-store.ts';

/** The account that makes a bearer call, and its session. */
export interface Identity {
  readonly user: User;
  readonly sessionId: string;
}

/**
 * Creates the bearer check: the token is verified without I/O, then one query checks account and session, so that
 * logout and disablement take effect at once on every replica. The check throws MISSING_TOKEN, TOKEN_EXPIRED,
 * TOKEN_INVALID, USER_NOT_FOUND, ACCOUNT_DISABLED.
 */
export const createAuthenticate =
  (deps: AuthDeps): ((token: string | undefined) => Promise<Identity>) =>
  async (token) => {
    if (token === undefined) throw new AuthError('MISSING_TOKEN');
    const now = deps.clock.now();
    const { sub: userId, sid: sessionId } = await deps.verifyToken(token, now);
    const [row] = await findAuthenticated(deps.db, { sessionId, userId });
    if (row === undefined) throw new AuthError('USER_NOT_FOUND');
    const { validUntilMs, ...user } = row;
    if (validUntilMs === null || validUntilMs <= now.getTime()) throw new AuthError('TOKEN_INVALID');
    if (!user.isActive) throw new AuthError('ACCOUNT_DISABLED');
    return { user, sessionId };
  };
