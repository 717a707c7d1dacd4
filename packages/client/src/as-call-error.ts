import { TRPCClientError } from '@trpc/client';
import { notMoonlight } from './connection.ts';
import { isGivenUp } from './is-given-up.ts';
import { isNetworkError } from './network-error.ts';

/** Names what went wrong with a call: what the service answered stays as it is, and so does what the caller gave up. */
export const asCallError = (error: unknown, url: URL, signal: AbortSignal | null | undefined): unknown => {
  const isAnswer = error instanceof TRPCClientError && error.shape !== undefined;
  return isAnswer || isNetworkError(error) || isGivenUp(signal) ? error : notMoonlight(url, error);
};
