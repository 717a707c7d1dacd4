import type { LogoutInput } from '@moonlight/contracts';
import { recordAudit } from '../audit/audit-store.ts';
import { AuthError } from '../auth-error.ts';
import type { AuthDeps } from '../deps.ts';
import type { RequestInfo } from '../request-info.ts';
import { readRefreshToken } from '../tokens/refresh-token.ts';
import type { Identity } from './authenticate.ts';
import { lockSession, revokeSession } from './sessions-store.ts';

/**
 * Ends the session of the bearer or, without one, of a genuine refresh token, superseded or not. When it answers, the
 * session's access and refresh tokens are dead. Throws MISSING_TOKEN with neither, TOKEN_INVALID for a
 * bearer whose session just ended, and REFRESH_TOKEN_INVALID or REFRESH_TOKEN_EXPIRED for a refresh token that is not good,
 * or not of the bearer's session; nothing ends then.
 */
export const logout = async (
  deps: AuthDeps,
  { input, identity }: { input: LogoutInput; identity: Identity | undefined },
  request: RequestInfo,
): Promise<null> => {
  const refreshToken = input?.refreshToken;
  if (identity === undefined && refreshToken === undefined) throw new AuthError('MISSING_TOKEN');
  const content = refreshToken === undefined ? undefined : readRefreshToken(deps.secrets.refreshToken, refreshToken);
  const sessionId = identity?.sessionId ?? content?.sessionId;
  if (sessionId === undefined || (refreshToken !== undefined && content?.sessionId !== sessionId))
    throw new AuthError('REFRESH_TOKEN_INVALID');

  const refusal = await deps.db.transaction(async (tx) => {
    const now = deps.clock.now();
    const userId = await revokeSession(tx, { id: sessionId, reason: 'logout', now });
    if (userId !== undefined) {
      await recordAudit({ ...deps, tx }, { event: 'logged_out', userId, details: { sessionId } }, request);
      return undefined;
    }
    if (identity !== undefined) return 'TOKEN_INVALID';
    const found = await lockSession(tx, sessionId);
    const isPast = found !== undefined && found.session.revokedAt === null;
    return isPast ? 'REFRESH_TOKEN_EXPIRED' : 'REFRESH_TOKEN_INVALID';
  });
  if (refusal !== undefined) throw new AuthError(refusal);
  return null;
};
