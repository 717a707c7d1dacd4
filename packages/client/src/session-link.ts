import type { AppRouter } from '@moonlight/trpc';
import { type Operation, type OperationResultEnvelope, TRPCClientError, type TRPCLink } from '@trpc/client';
import { observable, observableToPromise } from '@trpc/server/observable';
import { asCallError } from './as-call-error.ts';
import type { FreshSession } from './fresh-session.ts';
import type { KeptSession } from './kept-session.ts';
import { isMoonlightError } from './moonlight-error.ts';
import { isNetworkError } from './network-error.ts';
import { pause } from './pause.ts';
import { readTokens } from './read-tokens.ts';

type Answer = OperationResultEnvelope<unknown, TRPCClientError<AppRouter>>;
interface LinkParts {
  readonly kept: KeptSession;
  readonly fresh: FreshSession;
  readonly url: URL;
}

type Send = (op: Operation, token: string | undefined) => Promise<Answer>;

/** The procedures that need a session. */
const PROTECTED: ReadonlySet<string> = new Set([
  'account.profile',
  'account.changePassword',
  'sessions.list',
  'sessions.revoke',
  'sessions.revokeOthers',
  'emailVerification.send',
]);

// A query changes nothing, so asking again is safe. Nothing else is sent twice: it may have been done.
const QUERY_PAUSES_MS = [250, 1000];

const dataOf = ({ result }: Answer): unknown => ('data' in result ? result.data : undefined);

const tokensIn = (data: unknown): unknown =>
  typeof data === 'object' && data !== null && 'tokens' in data ? data.tokens : data;

/** A call that needs a session: refused for its token's sake, it is sent once more with a new one. */
const callWithToken = async ({ fresh }: LinkParts, op: Operation, send: Send): Promise<Answer> => {
  const token = (await fresh())?.accessToken;
  try {
    return await send(op, token);
  } catch (error) {
    // Refused before anything was done, so even a mutation may be sent again. An invalid token is mostly that of a session
    // which was ended elsewhere; the refresh finds out.
    const isStale = isMoonlightError(error, 'TOKEN_EXPIRED', 'TOKEN_INVALID', 'USER_NOT_FOUND');
    if (token === undefined || !isStale) throw error;
    const session = await fresh(token);
    if (session === null) throw error;
    return send(op, session.accessToken);
  }
};

/** A call that begins a session, or goes on with one whose refresh token the caller brought. */
const callForTokens = async ({ kept }: LinkParts, op: Operation, send: Send): Promise<Answer> => {
  const answer = await send(op, undefined);
  const session = readTokens(tokensIn(dataOf(answer)));
  if (session === undefined) return answer;
  if (op.path === 'auth.refresh' && (await kept.get()) !== null) await kept.renew(session);
  else await kept.begin(session, 'here');
  return answer;
};

/** Ends this client's session, also where its access token has expired or the service has ended it already. */
const callLogout = async ({ kept }: LinkParts, op: Operation, send: Send): Promise<Answer> => {
  const session = await kept.get();
  const isOwn = op.input === undefined;
  const refreshToken = session?.refreshToken ?? '';
  const input = isOwn && refreshToken !== '' ? { refreshToken } : op.input;
  try {
    const answer = await send({ ...op, input }, session?.accessToken);
    await kept.end('loggedOut');
    return answer;
  } catch (error) {
    const isOver = isMoonlightError(
      error,
      'TOKEN_EXPIRED',
      'TOKEN_INVALID',
      'USER_NOT_FOUND',
      'REFRESH_TOKEN_INVALID',
      'REFRESH_TOKEN_EXPIRED',
    );
    if (!isOwn || session === null || !isOver) throw error;
    await kept.end('loggedOut');
    return { result: { type: 'data', data: null } };
  }
};

/** Finds out whether the session still lives, and ends it here where it does not. */
const checkSession = async ({ kept, fresh }: LinkParts): Promise<void> => {
  const session = await kept.get();
  if (session !== null) await fresh(session.accessToken);
};

const carryOut = async (parts: LinkParts, op: Operation, send: Send): Promise<Answer> => {
  switch (op.path) {
    case 'auth.login':
    case 'auth.register':
    case 'auth.refresh':
      return parts.kept.exclusive(() => callForTokens(parts, op, send));
    case 'auth.logout':
      return parts.kept.exclusive(() => callLogout(parts, op, send));
    case 'passwordReset.confirm': {
      const answer = await send(op, undefined);
      // A reset ends every session of its account, which is this one's mostly, but not always.
      await checkSession(parts).catch(() => undefined);
      return answer;
    }
    default:
      return PROTECTED.has(op.path) ? callWithToken(parts, op, send) : send(op, undefined);
  }
};

const insisting =
  (send: Send): Send =>
  async (op, token) => {
    for (const ms of op.type === 'query' ? QUERY_PAUSES_MS : []) {
      try {
        return await send(op, token);
      } catch (error) {
        if (!isNetworkError(error)) throw error;
        await pause(ms, op.signal);
      }
    }
    return send(op, token);
  };

/** The link between calls and the network: gives each call its token, and tells the keeper what came of it. */
export const sessionLink =
  (parts: LinkParts): TRPCLink<AppRouter> =>
  () =>
  ({ op, next }) =>
    observable((observer) => {
      const send = insisting(async (sent, token) => {
        try {
          return await observableToPromise(next({ ...sent, context: { ...sent.context, token } }));
        } catch (error) {
          throw asCallError(error, parts.url, sent.signal);
        }
      });
      carryOut(parts, op, send).then(
        (answer) => {
          observer.next(answer);
          observer.complete();
        },
        (error: unknown) =>
          observer.error(TRPCClientError.from<AppRouter>(error instanceof Error ? error : new Error(String(error)))),
      );
    });
