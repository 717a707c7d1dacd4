import type { AppRouter } from '@moonlight/trpc';
import type { Operation, OperationResultEnvelope, TRPCClientError } from '@trpc/client';
import type { Connection } from './connection.ts';
import type { FreshSession } from './fresh-session.ts';
import type { KeptSession } from './kept-session.ts';

/** What calls need to know of their client. */
export interface LinkParts {
  readonly kept: KeptSession;
  readonly fresh: FreshSession;
  readonly connection: Connection;
}

export type Answer = OperationResultEnvelope<unknown, TRPCClientError<AppRouter>>;

/** Sends a call with an access token, or without one. Rejects with what asCallError makes of a failure. */
export type Send = (op: Operation, token: string | undefined) => Promise<Answer>;
