import type { Tokens } from '@moonlight/contracts';
import type { Tx } from '@moonlight/db';
import type { AuthDeps, RequestInfo } from '../deps.ts';
import { newId, secondsAfter } from '../system.ts';
import { signAccessToken } from '../tokens/access-token.ts';
import { issueRefreshToken } from '../tokens/opaque-tokens.ts';
import { insertSession } from './sessions-store.ts';

/** A session at a counter: what its tokens are issued for. */
export interface SessionState {
  readonly userId: string;
  readonly sessionId: string;
  readonly counter: number;
  readonly isEmailVerified: boolean;
}

/** A new access token, and the refresh token of the session at its counter. */
export const issueTokens = async (
  { keyRing, secrets, settings, random, clock }: AuthDeps,
  { counter, ...session }: SessionState,
): Promise<Tokens> => {
  const now = clock.now();
  const { issuer, audience, clientId, accessTokenSeconds: seconds } = settings.tokens;
  const claims = { issuer, audience, clientId, ...session, tokenId: newId(random, now), seconds };
  return {
    accessToken: await signAccessToken(keyRing, claims, now),
    refreshToken: issueRefreshToken(secrets.refreshToken, { sessionId: session.sessionId, counter }),
    tokenType: 'bearer',
    expiresIn: seconds,
  };
};

/** Opens a session in the caller's transaction. Each refresh extends it, up to its maximum lifetime. */
export const openSession = async (
  tx: Tx,
  { clock, random, settings }: AuthDeps,
  { userId, isEmailVerified, request }: { userId: string; isEmailVerified: boolean; request: RequestInfo },
): Promise<SessionState> => {
  const now = clock.now();
  const { refreshTokenSeconds, sessionMaxSeconds } = settings.tokens;
  const sessionId = newId(random, now);
  await insertSession(tx, {
    id: sessionId,
    userId,
    createdAt: now,
    rotatedAt: now,
    expiresAt: secondsAfter(now, Math.min(refreshTokenSeconds, sessionMaxSeconds)),
    ip: request.ip,
    userAgent: request.userAgent,
  });
  return { sessionId, counter: 0, userId, isEmailVerified };
};
