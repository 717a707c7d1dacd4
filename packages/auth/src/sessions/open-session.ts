import type { Tokens } from '@moonlight/contracts';
import type { Executor } from '@moonlight/db';
import { secondsAfter } from '../clock.ts';
import type { AuthDeps } from '../deps.ts';
import { newId } from '../random.ts';
import type { RequestInfo } from '../request-info.ts';
import { signAccessToken } from '../tokens/access-token.ts';
import { issueRefreshToken } from '../tokens/refresh-token.ts';
import { insertSession } from './sessions-store.ts';

/** A fresh access token beside the refresh token of a session at a counter. */
export const issueTokens = async (
  { keyRing, secrets, settings, random, clock }: AuthDeps,
  { userId, sessionId, counter }: { userId: string; sessionId: string; counter: number },
): Promise<Tokens> => {
  const now = clock.now();
  const { issuer, audience, accessTokenSeconds: seconds } = settings.tokens;
  const claims = { issuer, audience, userId, sessionId, tokenId: newId(random, now), seconds };
  return {
    accessToken: await signAccessToken(keyRing, claims, now),
    refreshToken: issueRefreshToken(secrets.refreshToken, { sessionId, counter }),
    tokenType: 'bearer',
    expiresIn: seconds,
  };
};

/** Begins a session in the caller's transaction. It lives from refresh to refresh, and never past its longest life. */
export const openSession = async (
  deps: AuthDeps & { readonly tx: Executor },
  userId: string,
  request: RequestInfo,
): Promise<{ sessionId: string; counter: number; userId: string }> => {
  const now = deps.clock.now();
  const { refreshTokenSeconds, sessionMaxSeconds } = deps.settings.tokens;
  const sessionId = newId(deps.random, now);
  await insertSession(deps.tx, {
    id: sessionId,
    userId,
    createdAt: now,
    rotatedAt: now,
    expiresAt: secondsAfter(now, Math.min(refreshTokenSeconds, sessionMaxSeconds)),
    ip: request.ip,
    userAgent: request.userAgent,
  });
  return { sessionId, counter: 0, userId };
};
