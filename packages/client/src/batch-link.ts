import type { AppRouter } from '@moonlight/trpc';
import { httpBatchLink, type OperationLink, type TRPCLink } from '@trpc/client';
import type { Connection } from './connection.ts';

// The service refuses longer batches.
const MAX_BATCH = 10;

const oneTokenLink = (connection: Connection): TRPCLink<AppRouter> =>
  httpBatchLink({
    url: `${connection.url.href}trpc`,
    fetch: connection.fetch,
    maxItems: MAX_BATCH,
    headers: ({ opList }) => {
      const token = opList.findLast(({ context }) => context['token'] !== undefined)?.context['token'];
      return { ...connection.headers(), ...(typeof token === 'string' ? { authorization: `Bearer ${token}` } : {}) };
    },
  });

/** Sends the calls of one moment in one request, but never those of two tokens: a request has one, and they may be two users'. */
export const batchLink =
  (connection: Connection): TRPCLink<AppRouter> =>
  (runtime) => {
    const start = (): OperationLink<AppRouter> => oneTokenLink(connection)(runtime);
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
