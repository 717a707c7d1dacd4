import type { RefreshInput, Tokens } from '@moonlight/contracts';
import type { Executor } from '@moonlight/db';
import { recordAudit } from '../audit/audit-store.ts';
import { AuthError } from '../auth-error.ts';
import { secondsAfter } from '../clock.ts';
import type { AuthDeps } from '../deps.ts';
import { enqueueMail, notifyWorker } from '../outbox/enqueue-mail.ts';
import type { RequestInfo } from '../request-info.ts';
import { readRefreshToken, type RefreshTokenContent } from '../tokens/refresh-token.ts';
import { issueTokens } from './open-session.ts';
import { lockSession, prepareRotate, revokeSession } from './sessions-store.ts';

// The owner should hear of a theft even when the mail server is away for a while.
const NOTICE_HELPS_SECONDS = 7 * 86_400;

export type Refresh = (input: RefreshInput, request: RequestInfo) => Promise<Tokens>;

/**
 * Makes the refresh: one statement rotates, and only when it did not is asked why. The previous token within the grace
 * window gets the very successor that was issued before, so two tabs or a lost answer cost nothing; a genuine token older
 * than that is theft, and the session ends. Throws REFRESH_TOKEN_INVALID, REFRESH_TOKEN_EXPIRED, REFRESH_TOKEN_REUSED,
 * ACCOUNT_DISABLED.
 */
export const createRefresh = (deps: AuthDeps): Refresh => {
  const rotate = prepareRotate(deps.db);
  return async ({ refreshToken }, request) => {
    const content = readRefreshToken(deps.secrets.refreshToken, refreshToken);
    if (content === undefined) throw new AuthError('REFRESH_TOKEN_INVALID');
    const now = deps.clock.now();
    const { refreshTokenSeconds, sessionMaxSeconds } = deps.settings.tokens;
    const [rotated] = await rotate.execute({
      sessionId: content.sessionId,
      counter: content.counter,
      now: now.toISOString(),
      nextExpiresAt: secondsAfter(now, refreshTokenSeconds).toISOString(),
      maxSeconds: sessionMaxSeconds,
    });
    if (rotated !== undefined) return issueTokens(deps, { ...rotated, sessionId: content.sessionId });
    return replayOrRefuse(deps, content, request);
  };
};

type Decision =
  | 'REFRESH_TOKEN_INVALID'
  | 'REFRESH_TOKEN_EXPIRED'
  | 'ACCOUNT_DISABLED'
  | { readonly replay: { userId: string; sessionId: string; counter: number } }
  | { readonly outboxId: string };

const replayOrRefuse = async (deps: AuthDeps, content: RefreshTokenContent, request: RequestInfo): Promise<Tokens> => {
  // Decided inside the transaction, thrown outside it: the end of a stolen session must outlive the refusal.
  const decision = await deps.db.transaction((tx) => decide({ ...deps, tx }, content, request));
  if (typeof decision === 'string') throw new AuthError(decision);
  if ('replay' in decision) return issueTokens(deps, decision.replay);
  notifyWorker(deps, decision.outboxId);
  throw new AuthError('REFRESH_TOKEN_REUSED');
};

const decide = async (
  deps: AuthDeps & { readonly tx: Executor },
  content: RefreshTokenContent,
  request: RequestInfo,
): Promise<Decision> => {
  const found = await lockSession(deps.tx, content.sessionId);
  const now = deps.clock.now();
  if (found === undefined || found.session.revokedAt !== null) return 'REFRESH_TOKEN_INVALID';
  const { session, user } = found;
  if (session.expiresAt <= now) return 'REFRESH_TOKEN_EXPIRED';
  if (!user.isActive) return 'ACCOUNT_DISABLED';
  // A counter of the future is genuine, but this database never issued it: it was restored from a backup.
  if (content.counter >= session.counter) return 'REFRESH_TOKEN_INVALID';
  const graceEnds = secondsAfter(session.rotatedAt, deps.settings.tokens.reuseGraceSeconds);
  if (content.counter === session.counter - 1 && now < graceEnds)
    return { replay: { userId: user.id, sessionId: session.id, counter: session.counter } };

  await revokeSession(deps.tx, { id: session.id, reason: 'reuse', now });
  await recordAudit(deps, { event: 'refresh_reused', userId: user.id, details: { sessionId: session.id } }, request);
  const { email: to, username, locale } = user;
  const place = { ip: request.ip, ...(request.userAgent === null ? {} : { userAgent: request.userAgent }) };
  const notice = { kind: 'refresh-token-reuse-alert', to, username, locale, at: now.toISOString(), ...place } as const;
  return { outboxId: await enqueueMail(deps, notice, NOTICE_HELPS_SECONDS) };
};
