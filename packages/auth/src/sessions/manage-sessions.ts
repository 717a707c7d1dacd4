import type { LogoutInput, RevokeOthersOutput, RevokeSessionInput, Session } from '@moonlight/contracts';
import { transaction, type Tx } from '@moonlight/db';
import { auditedChange, recordAudit } from '../audit/audit.ts';
import { AuthError } from '../auth-error.ts';
import type { AuthDeps, RequestInfo } from '../deps.ts';
import { readRefreshToken } from '../tokens/opaque-tokens.ts';
import type { Identity } from './authenticate.ts';
import {
  isUnended,
  listValidSessions,
  revocation,
  revocationValues,
  revokeAllSessions,
  type RevokeReason,
  revokeSession,
} from './sessions-store.ts';

/** The sessions of the account, the most recently used first; 100 at most, and always the current one. */
export const listSessions = async (deps: AuthDeps, { user, sessionId }: Identity): Promise<Session[]> => {
  const rows = await listValidSessions(deps.db, { userId: user.id, current: sessionId, now: deps.clock.now() });
  return rows.map((row) => ({
    id: row.id,
    current: row.id === sessionId,
    createdAt: row.createdAt.toISOString(),
    lastUsedAt: row.rotatedAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
    userAgent: row.userAgent,
    ip: row.ip,
  }));
};

const revokeAndRecord = auditedChange('log_out', revocation);

/**
 * Ends the session of the bearer or, without a bearer, of a genuine refresh token, superseded or not. When it returns,
 * the session's access and refresh tokens are invalid. Throws MISSING_TOKEN with neither, TOKEN_INVALID for a bearer
 * whose session has just ended, and REFRESH_TOKEN_INVALID or REFRESH_TOKEN_EXPIRED for a refresh token that is not
 * valid or belongs to another session than the bearer; then nothing ends.
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

  const values = revocationValues({ id: sessionId, reason: 'logout', now: deps.clock.now() });
  if (await revokeAndRecord(deps.db, deps, { values, event: 'logged_out', request, details: { sessionId } }))
    return null;
  if (identity !== undefined) throw new AuthError('TOKEN_INVALID');
  // A session that neither ended now nor before has expired.
  throw new AuthError((await isUnended(deps.db, sessionId)) ? 'REFRESH_TOKEN_EXPIRED' : 'REFRESH_TOKEN_INVALID');
};

/** Ends one session of the account. Throws SESSION_NOT_FOUND, also for a session of another account. */
export const endSession = async (
  deps: AuthDeps,
  { input, identity }: { input: RevokeSessionInput; identity: Identity },
  request: RequestInfo,
): Promise<null> => {
  const { id: userId } = identity.user;
  const details = { sessionId: input.id };
  const hasEnded = await transaction(deps.db, async (tx) => {
    const now = deps.clock.now();
    if ((await revokeSession(tx, { id: input.id, reason: 'revoked', now, userId })) === undefined) return false;
    await recordAudit(tx, deps, { event: 'session_revoked', userId, request, details });
    return true;
  });
  if (!hasEnded) throw new AuthError('SESSION_NOT_FOUND');
  return null;
};

/** Ends every session of the account except the one that makes the call. Returns how many. */
export const endOtherSessions = (
  deps: AuthDeps,
  { user: { id: userId }, sessionId }: Identity,
  request: RequestInfo,
): Promise<RevokeOthersOutput> =>
  transaction(deps.db, async (tx) => {
    const revoked = await endAllSessions(tx, deps, { userId, reason: 'revoked', except: sessionId });
    const details = { keptSessionId: sessionId, revoked };
    if (revoked > 0) await recordAudit(tx, deps, { event: 'session_revoked', userId, request, details });
    return { revoked };
  });

/** Ends every session of an account, except `except` where given, in the caller's transaction. Returns how many. */
export const endAllSessions = (
  tx: Tx,
  { clock }: AuthDeps,
  options: { userId: string; reason: RevokeReason; except: string | undefined },
): Promise<number> => revokeAllSessions(tx, { ...options, now: clock.now() });
