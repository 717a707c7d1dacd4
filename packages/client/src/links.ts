import type { AppRouter } from '@moonlight/trpc';
import { httpBatchLink, type Operation, type OperationLink, TRPCClientError, type TRPCLink } from '@trpc/client';
import { observable, observableToPromise } from '@trpc/server/observable';
import { type Connection, withRetry } from './connection.ts';
import { toCallError } from './errors.ts';
import { protectedProcedures } from './protected-procedures.gen.ts';
import {
  type Answer,
  type CallContext,
  callForTokens,
  callLogout,
  callReset,
  callWithToken,
  type Send,
} from './session-calls.ts';

const dispatch = (context: CallContext, op: Operation, send: Send): Promise<Answer> => {
  switch (op.path) {
    case 'auth.login':
    case 'auth.register':
    case 'auth.refresh':
    case 'sessions.restore':
      return context.manager.exclusive(() => callForTokens(context, op, send));
    case 'auth.logout':
      return context.manager.exclusive(() => callLogout(context, op, send));
    case 'passwordReset.confirm':
      return callReset(context, op, send);
    default:
      return protectedProcedures.has(op.path) ? callWithToken(context, op, send) : send(op, undefined);
  }
};

const toError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

/** Gives each call its access token, and stores the session that an answer begins, renews or ends. */
export const sessionLink =
  (context: CallContext): TRPCLink<AppRouter> =>
  () =>
  ({ op, next }) =>
    observable((observer) => {
      const sendOnce: Send = async (sent, token) => {
        try {
          return await observableToPromise(next({ ...sent, context: { ...sent.context, token } }));
        } catch (error) {
          throw toCallError(error, context.connection.url, sent.signal);
        }
      };
      // Only queries are repeated, because they change nothing. The service may have carried out a mutation whose answer was lost.
      const send: Send = (sent, token) =>
        sent.type === 'query' ? withRetry(() => sendOnce(sent, token), sent.signal) : sendOnce(sent, token);
      dispatch(context, op, send).then(
        (answer) => {
          observer.next(answer);
          observer.complete();
        },
        (error: unknown) => observer.error(TRPCClientError.from<AppRouter>(toError(error))),
      );
    });

// The service refuses longer batches.
const MAX_BATCH = 10;

const httpLinkOf = (connection: Connection): TRPCLink<AppRouter> =>
  httpBatchLink({
    url: `${connection.url.href}trpc`,
    fetch: connection.fetch,
    maxItems: MAX_BATCH,
    headers: ({ opList }) => {
      const token = opList.findLast(({ context }) => context['token'] !== undefined)?.context['token'];
      return { ...connection.headers(), ...(typeof token === 'string' ? { authorization: `Bearer ${token}` } : {}) };
    },
  });

/**
 * Sends the calls of one tick in one request. Calls with different tokens never share a request: it carries one token, and
 * the tokens may belong to different users.
 */
export const batchLink =
  (connection: Connection): TRPCLink<AppRouter> =>
  (runtime) => {
    const start = (): OperationLink<AppRouter> => httpLinkOf(connection)(runtime);
    let link = start();
    let lastToken: unknown;
    return (call) => {
      const token = call.op.context['token'];
      if (token !== undefined && token !== lastToken) {
        lastToken = token;
        link = start();
      }
      return link(call);
    };
  };
