import type { AppRouter } from '@moonlight/trpc';
import { type Operation, TRPCClientError, type TRPCLink } from '@trpc/client';
import { observable, observableToPromise } from '@trpc/server/observable';
import { asCallError } from './as-call-error.ts';
import { callWithToken, needsToken } from './call-with-token.ts';
import type { Answer, LinkParts, Send } from './link-parts.ts';
import { isNetworkError } from './network-error.ts';
import { pause } from './pause.ts';
import { callForTokens, callLogout, callReset } from './session-calls.ts';

// A query changes nothing, so asking again is safe. Nothing else is sent twice: it may have been done.
const QUERY_PAUSES_MS = [250, 1000];

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

const carryOut = (parts: LinkParts, op: Operation, send: Send): Promise<Answer> => {
  switch (op.path) {
    case 'auth.login':
    case 'auth.register':
    case 'auth.refresh':
      return parts.kept.exclusive(() => callForTokens(parts, op, send));
    case 'auth.logout':
      return parts.kept.exclusive(() => callLogout(parts, op, send));
    case 'passwordReset.confirm':
      return callReset(parts, op, send);
    default:
      return needsToken(op) ? callWithToken(parts, op, send) : send(op, undefined);
  }
};

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

/** The link between calls and the network: gives each call its token, and keeps what came of it. */
export const sessionLink =
  (parts: LinkParts): TRPCLink<AppRouter> =>
  () =>
  ({ op, next }) =>
    observable((observer) => {
      const send = insisting(async (sent, token) => {
        try {
          return await observableToPromise(next({ ...sent, context: { ...sent.context, token } }));
        } catch (error) {
          throw asCallError(error, parts.connection.url, sent.signal);
        }
      });
      carryOut(parts, op, send).then(
        (answer) => {
          observer.next(answer);
          observer.complete();
        },
        (error: unknown) => observer.error(TRPCClientError.from<AppRouter>(asError(error))),
      );
    });
