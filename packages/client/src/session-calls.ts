import type { Operation } from '@trpc/client';
import type { Answer, LinkParts, Send } from './link-parts.ts';
import { isMoonlightError } from './moonlight-error.ts';
import { readTokens } from './read-tokens.ts';

const dataOf = ({ result }: Answer): unknown => ('data' in result ? result.data : undefined);

const tokensIn = (data: unknown): unknown =>
  typeof data === 'object' && data !== null && 'tokens' in data ? data.tokens : data;

/** A call that begins a session, or goes on with one whose refresh token the caller brought. */
export const callForTokens = async ({ kept, connection }: LinkParts, op: Operation, send: Send): Promise<Answer> => {
  const answer = await send(op, undefined);
  const session = readTokens(tokensIn(dataOf(answer)));
  if (session === undefined) return answer;
  // Going on with a token that scripts can read would be the opposite of what was asked for.
  if (connection.isCookieMode && session.refreshToken !== '')
    throw new Error('Moonlight refuses the cookie mode: is the origin of this page among its CORS_ORIGINS?');
  if (op.path === 'auth.refresh' && (await kept.get()) !== null) await kept.renew(session);
  else await kept.begin(session, 'here');
  return answer;
};

/** Whether an error says that there is nothing left to log out of. */
const isOver = (error: unknown): boolean =>
  isMoonlightError(
    error,
    'TOKEN_EXPIRED',
    'TOKEN_INVALID',
    'USER_NOT_FOUND',
    'REFRESH_TOKEN_INVALID',
    'REFRESH_TOKEN_EXPIRED',
  );

/** Ends this client's session, also where its access token has expired or the service has ended it already. */
export const callLogout = async ({ kept }: LinkParts, op: Operation, send: Send): Promise<Answer> => {
  const session = await kept.get();
  const isOwn = op.input === undefined;
  const refreshToken = session?.refreshToken ?? '';
  const input = isOwn && refreshToken !== '' ? { refreshToken } : op.input;
  try {
    const answer = await send({ ...op, input }, session?.accessToken);
    await kept.end('loggedOut');
    return answer;
  } catch (error) {
    if (!isOwn || session === null || !isOver(error)) throw error;
    await kept.end('loggedOut');
    return { result: { type: 'data', data: null } };
  }
};

/** A reset ends every session of its account, which is this client's mostly, but not always: the refresh finds out. */
export const callReset = async ({ kept, fresh }: LinkParts, op: Operation, send: Send): Promise<Answer> => {
  const answer = await send(op, undefined);
  const session = await kept.get();
  if (session !== null) await fresh(session.accessToken).catch(() => undefined);
  return answer;
};
