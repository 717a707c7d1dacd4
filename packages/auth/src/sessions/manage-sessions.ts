import type { RevokeOthersOutput, RevokeSessionInput, Session } from '@moonlight/contracts';
import { recordAudit } from '../audit/audit-store.ts';
import { AuthError } from '../auth-error.ts';
import type { AuthDeps } from '../deps.ts';
import type { RequestInfo } from '../request-info.ts';
import type { Identity } from './authenticate.ts';
import { listLiveSessions, revokeAllSessions, revokeSession } from './sessions-store.ts';

/** Where the account is logged in, the last used first; 100 at most. */
export const listSessions = async (deps: AuthDeps, { user, sessionId }: Identity): Promise<Session[]> => {
  const rows = await listLiveSessions(deps.db, user.id, deps.clock.now());
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

/** Ends one session of the account. Throws SESSION_NOT_FOUND, also for another account's. */
export const endSession = async (
  deps: AuthDeps,
  { input, identity }: { input: RevokeSessionInput; identity: Identity },
  request: RequestInfo,
): Promise<null> => {
  const { id: userId } = identity.user;
  const isDone = await deps.db.transaction(async (tx) => {
    const now = deps.clock.now();
    if ((await revokeSession(tx, { id: input.id, reason: 'revoked', now, userId })) === undefined) return false;
    await recordAudit({ ...deps, tx }, { event: 'session_revoked', userId, details: { sessionId: input.id } }, request);
    return true;
  });
  if (!isDone) throw new AuthError('SESSION_NOT_FOUND');
  return null;
};

/** Ends every session of the account but the one that asks; answers how many. */
export const endOtherSessions = async (
  deps: AuthDeps,
  { user: { id: userId }, sessionId }: Identity,
  request: RequestInfo,
): Promise<RevokeOthersOutput> =>
  deps.db.transaction(async (tx) => {
    const now = deps.clock.now();
    const revoked = await revokeAllSessions(tx, { userId, reason: 'revoked', now, except: sessionId });
    const details = { keptSessionId: sessionId, revoked };
    if (revoked > 0) await recordAudit({ ...deps, tx }, { event: 'session_revoked', userId, details }, request);
    return { revoked };
  });
