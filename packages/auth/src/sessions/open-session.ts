import type { Tokens } from '@moonlight/contracts';
import type { Tx } from '@moonlight/db';
import { recordAudit } from '../audit/audit.ts';
import type { AuthDeps, RequestInfo } from '../deps.ts';
import { newId, secondsAfter } from '../system.ts';
import { signAccessToken } from '../tokens/access-token.ts';
import { issueRefreshToken } from '../tokens/opaque-tokens.ts';
import { insertSession, revokeSessions, selectLeastRecentlyUsed } from './sessions-store.ts';

/** A session at a counter: what its tokens are issued for. */
export interface SessionState {
  readonly userId: string;
  readonly sessionId: string;
  readonly counter: number;
  readonly isEmailVerified: boolean;
  /** Of the secret that signed the refresh token at this counter. */
  readonly secretId: string | null;
}

/**
 * A new access token, and the refresh token of the session at its counter. The refresh token is signed with the same secret
 * as before, so every replica issues the same string, also while SECRET_KEY is being changed.
 */
export const issueTokens = async (
  { keyRing, secrets, settings, random, clock }: AuthDeps,
  { counter, secretId, ...session }: SessionState,
): Promise<Tokens> => {
  const now = clock.now();
  const { issuer, audience, clientId, accessTokenSeconds: seconds } = settings.tokens;
  const claims = { issuer, audience, clientId, ...session, tokenId: newId(random, now), seconds };
  const [current] = secrets.refreshToken;
  const key = secrets.refreshToken.find((each) => each.secretId === secretId) ?? current;
  return {
    accessToken: await signAccessToken(keyRing, claims, now),
    refreshToken: issueRefreshToken(key, { sessionId: session.sessionId, counter }),
    tokenType: 'bearer',
    expiresIn: seconds,
  };
};

/**
 * The sessions that must end when the account opens another one: the least recently used beyond SESSIONS_PER_ACCOUNT.
 * The caller has locked the account, so that parallel logins see each other's sessions.
 */
export const findSurplusSessions = (tx: Tx, { clock, settings }: AuthDeps, userId: string): Promise<string[]> =>
  selectLeastRecentlyUsed(tx, { userId, now: clock.now(), kept: settings.tokens.sessionsPerAccount - 1 });

interface NewSession {
  readonly userId: string;
  readonly isEmailVerified: boolean;
  /** What `findSurplusSessions` found; empty for a new account. */
  readonly surplus: readonly string[];
  readonly request: RequestInfo;
}

/**
 * Opens a session in the caller's transaction and ends those that are too many. Each refresh extends it, up to its
 * maximum lifetime.
 */
export const openSession = async (
  tx: Tx,
  deps: AuthDeps,
  { userId, isEmailVerified, surplus, request }: NewSession,
): Promise<SessionState> => {
  const now = deps.clock.now();
  const { refreshTokenSeconds, sessionMaxSeconds } = deps.settings.tokens;
  const [{ secretId }] = deps.secrets.refreshToken;
  const sessionId = newId(deps.random, now);
  if (surplus.length > 0) {
    await revokeSessions(tx, { ids: surplus, reason: 'limit', now });
    const details = { reason: 'limit', keptSessionId: sessionId, revoked: surplus.length };
    await recordAudit(tx, deps, { event: 'session_revoked', userId, request, details });
  }
  await insertSession(tx, {
    id: sessionId,
    userId,
    createdAt: now,
    rotatedAt: now,
    expiresAt: secondsAfter(now, Math.min(refreshTokenSeconds, sessionMaxSeconds)),
    secretId,
    ip: request.ip,
    userAgent: request.userAgent,
  });
  return { sessionId, counter: 0, userId, isEmailVerified, secretId };
};
