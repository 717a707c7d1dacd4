import type { RefreshInput, Tokens } from '@moonlight/contracts';
import { transaction, type Tx } from '@moonlight/db';
import { recordAudit } from '../audit/audit.ts';
import { AuthError } from '../auth-error.ts';
import type { AuthDeps, RequestInfo } from '../deps.ts';
import { enqueueNotice, type QueuedNotice, sendNotice } from '../outbox/enqueue-mail.ts';
import { secondsAfter } from '../system.ts';
import { readRefreshToken, type RefreshTokenContent } from '../tokens/opaque-tokens.ts';
import { issueTokens, type SessionState } from './open-session.ts';
import { lockSession, rotateSession, revokeSession } from './sessions-store.ts';

type Refresh = (input: RefreshInput, request: RequestInfo) => Promise<Tokens>;

/**
 * Creates the refresh: one statement rotates the token, and only when it fails the reason is looked up. The previous
 * token within the grace window gets exactly the successor that was issued before, so two tabs or a lost answer cause
 * no error; a genuine token older than that indicates theft, and the session ends. The refresh throws
 * REFRESH_TOKEN_INVALID, REFRESH_TOKEN_EXPIRED, REFRESH_TOKEN_REUSED, ACCOUNT_DISABLED.
 */
export const createRefresh = (deps: AuthDeps): Refresh => {
  const [{ secretId }] = deps.secrets.refreshToken;
  return async ({ refreshToken }, request) => {
    const content = readRefreshToken(deps.secrets.refreshToken, refreshToken);
    if (content === undefined) throw new AuthError('REFRESH_TOKEN_INVALID');
    const now = deps.clock.now();
    const { refreshTokenSeconds, sessionMaxSeconds } = deps.settings.tokens;
    const [rotated] = await rotateSession(deps.db, {
      sessionId: content.sessionId,
      counter: content.counter,
      now: now.toISOString(),
      nextExpiresAt: secondsAfter(now, refreshTokenSeconds).toISOString(),
      maxSeconds: sessionMaxSeconds,
      secretId,
    });
    if (rotated !== undefined) return issueTokens(deps, { ...rotated, sessionId: content.sessionId, secretId });
    return replayOrRefuse(deps, content, request);
  };
};

const replayOrRefuse = async (deps: AuthDeps, content: RefreshTokenContent, request: RequestInfo): Promise<Tokens> => {
  // Decided inside the transaction, thrown outside it: the end of a stolen session must survive the refusal.
  const decision = await transaction(deps.db, (tx) => decide(tx, deps, { content, request }));
  if (typeof decision === 'string') throw new AuthError(decision);
  if ('replay' in decision) return issueTokens(deps, decision.replay);
  await sendNotice(deps, decision, request);
  throw new AuthError('REFRESH_TOKEN_REUSED');
};

type Decision =
  | 'REFRESH_TOKEN_INVALID'
  | 'REFRESH_TOKEN_EXPIRED'
  | 'ACCOUNT_DISABLED'
  | { readonly replay: SessionState }
  | QueuedNotice;

const decide = async (
  tx: Tx,
  deps: AuthDeps,
  { content, request }: { content: RefreshTokenContent; request: RequestInfo },
): Promise<Decision> => {
  const found = await lockSession(tx, content.sessionId);
  const now = deps.clock.now();
  if (found === undefined || found.session.revokedAt !== null) return 'REFRESH_TOKEN_INVALID';
  const { session, user } = found;
  if (session.expiresAt <= now) return 'REFRESH_TOKEN_EXPIRED';
  if (!user.isActive) return 'ACCOUNT_DISABLED';
  // A higher counter is genuine, but this database never issued it: the database was restored from a backup.
  if (content.counter >= session.counter) return 'REFRESH_TOKEN_INVALID';
  const graceEnds = secondsAfter(session.rotatedAt, deps.settings.tokens.reuseGraceSeconds);
  if (content.counter === session.counter - 1 && now < graceEnds)
    return {
      replay: {
        userId: user.id,
        sessionId: session.id,
        counter: session.counter,
        isEmailVerified: user.emailVerifiedAt !== null,
        secretId: session.secretId,
      },
    };

  await revokeSession(tx, { id: session.id, reason: 'reuse', now });
  await recordAudit(tx, deps, {
    event: 'refresh_reused',
    userId: user.id,
    request,
    details: { sessionId: session.id },
  });
  const source = { ip: request.ip, ...(request.userAgent === null ? {} : { userAgent: request.userAgent }) };
  const notice = { kind: 'refresh-token-reuse-alert', at: now.toISOString(), ...source } as const;
  return enqueueNotice(tx, deps, { userId: user.id, notice, request });
};
