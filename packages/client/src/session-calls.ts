import type { AppRouter } from '@moonlight/trpc';
import type { Operation, OperationResultEnvelope, TRPCClientError } from '@trpc/client';
import type { Connection } from './connection.ts';
import { isMoonlightError } from './errors.ts';
import type { GetFreshSession } from './get-fresh-session.ts';
import type { SessionManager } from './session-manager.ts';
import { isSameSession, readTokens } from './session-store.ts';

/** What calls need from their client. */
export interface CallContext {
  readonly manager: SessionManager;
  readonly getFreshSession: GetFreshSession;
  readonly connection: Connection;
}

export type Answer = OperationResultEnvelope<unknown, TRPCClientError<AppRouter>>;

/** Sends a call, with an access token unless it is undefined. Rejects with an error of `toCallError`. */
export type Send = (op: Operation, token: string | undefined) => Promise<Answer>;

/**
 * A call that needs a session. If it is refused because of its token, it is sent once more with a new one. It is never sent
 * as a different user: if another login replaced the session meanwhile, it keeps its token and rejects with the refusal.
 */
export const callWithToken = async (context: CallContext, op: Operation, send: Send): Promise<Answer> => {
  const { manager, getFreshSession } = context;
  const before = await manager.get();
  const fresh = await getFreshSession();
  const session = before !== null && fresh !== null && !isSameSession(before, fresh) ? before : fresh;
  try {
    return await send(op, session?.accessToken);
  } catch (error) {
    // The service refused the call before it changed anything, so even a mutation may be sent again. An invalid token usually
    // belongs to a session that was ended elsewhere, which the refresh finds out.
    const isStale = isMoonlightError(error, 'TOKEN_EXPIRED', 'TOKEN_INVALID', 'USER_NOT_FOUND');
    if (session === null || !isStale) throw error;
    const renewed = await getFreshSession(session.accessToken);
    if (renewed === null || !isSameSession(session, renewed)) throw error;
    return send(op, renewed.accessToken);
  }
};

const dataOf = ({ result }: Answer): unknown => ('data' in result ? result.data : undefined);

const tokensIn = (data: unknown): unknown =>
  typeof data === 'object' && data !== null && 'tokens' in data ? data.tokens : data;

/** A login or registration, which may begin a session, or a refresh with a token that the caller passed. */
export const callForTokens = async (context: CallContext, op: Operation, send: Send): Promise<Answer> => {
  const { manager, connection } = context;
  const answer = await send(op, undefined);
  const session = readTokens(tokensIn(dataOf(answer)));
  if (session === undefined) return answer;
  // The service ignored the cookie mode, so scripts could read this token. The session must not begin with it.
  if (connection.isCookieMode && session.refreshToken !== '')
    throw new Error('Moonlight refuses the cookie mode: is the origin of this page among its CORS_ORIGINS?');
  const continues = op.path === 'auth.refresh' || op.path === 'sessions.restore';
  if (continues && (await manager.get()) !== null) await manager.renew(session);
  else await manager.begin(session, 'here');
  return answer;
};

/** Whether the service refused a logout because the session is over already. */
const isSessionOver = (error: unknown): boolean =>
  isMoonlightError(
    error,
    'TOKEN_EXPIRED',
    'TOKEN_INVALID',
    'USER_NOT_FOUND',
    'REFRESH_TOKEN_INVALID',
    'REFRESH_TOKEN_EXPIRED',
  );

/** Ends this client's session, also if its access token has expired or the service has ended the session already. */
export const callLogout = async ({ manager }: CallContext, op: Operation, send: Send): Promise<Answer> => {
  const session = await manager.get();
  const isOwn = op.input === undefined;
  const refreshToken = session?.refreshToken ?? '';
  const input = isOwn && refreshToken !== '' ? { refreshToken } : op.input;
  try {
    const answer = await send({ ...op, input }, session?.accessToken);
    await manager.end('loggedOut');
    return answer;
  } catch (error) {
    if (!isOwn || session === null || !isSessionOver(error)) throw error;
    await manager.end('loggedOut');
    return { result: { type: 'data', data: null } };
  }
};

/** A password reset ends every session of its account. A refresh finds out whether this client's session is one of them. */
export const callReset = async (context: CallContext, op: Operation, send: Send): Promise<Answer> => {
  const answer = await send(op, undefined);
  const session = await context.manager.get();
  if (session !== null) await context.getFreshSession(session.accessToken).catch(() => undefined);
  return answer;
};
