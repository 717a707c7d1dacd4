import { isMoonlightError } from './moonlight-error.ts';
import { isNetworkError, NetworkFailure } from './network-error.ts';

const isAnswer = (value: unknown): value is Response => value instanceof Response;

const answerBehind = (error: unknown): Response | undefined => {
  if (!(error instanceof Error) || !('meta' in error)) return undefined;
  const { meta } = error;
  if (typeof meta !== 'object' || meta === null || !('response' in meta)) return undefined;
  return isAnswer(meta.response) ? meta.response : undefined;
};

const isGivenUp = (signal: AbortSignal | null | undefined): boolean => {
  if (signal?.aborted !== true) return false;
  const reason: unknown = signal.reason;
  // Running out of time is the network's fault; giving up is the caller's wish.
  return !(reason instanceof Error && reason.name === 'TimeoutError');
};

/** Names what went wrong with a call: a refusal stays as it is, a missing answer becomes a NetworkFailure that says so. */
export const asCallError = (error: unknown, url: URL, signal: AbortSignal | null | undefined): unknown => {
  if (isMoonlightError(error) || isNetworkError(error) || isGivenUp(signal)) return error;
  const status = answerBehind(error)?.status;
  const message =
    status === undefined
      ? `Moonlight at ${url.origin} cannot be reached`
      : `What answered at ${url.origin} is not Moonlight (HTTP ${status})`;
  return new NetworkFailure(message, { cause: error });
};
