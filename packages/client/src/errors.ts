import { TRPCClientError } from '@trpc/client';
import { type ErrorCode, errorStatuses } from './api.gen.ts';

/** One invalid field. */
export interface ValidationDetail {
  /** Dotted path of the field; empty if the input as a whole is invalid. */
  readonly path: string;
  readonly message: string;
}

/** The details of a refusal by the service. */
export interface ErrorData<Code extends ErrorCode = ErrorCode> {
  readonly error: Code;
  /** Identifies the request in the service's log. */
  readonly requestId: string;
  /** Seconds to wait before trying again. */
  readonly retryAfter?: number;
  /** The invalid fields, for VALIDATION_FAILED. */
  readonly details?: readonly ValidationDetail[];
  /** When the account will be erased (ISO 8601), for ACCOUNT_DELETION_PENDING. */
  readonly deletesAt?: string;
}

/** The service refused the call. `message` is a sentence for users, in the language of the client. */
export interface MoonlightError<Code extends ErrorCode = ErrorCode> extends Error {
  readonly data: ErrorData<Code>;
}

/**
 * Whether the service refused a call and, if codes are given, refused it with one of them.
 *
 * @example
 * if (isMoonlightError(error, 'RATE_LIMITED')) wait(error.data.retryAfter);
 */
export const isMoonlightError = <Code extends ErrorCode = ErrorCode>(
  error: unknown,
  ...codes: readonly Code[]
): error is MoonlightError<Code> => {
  if (!(error instanceof Error) || !('data' in error)) return false;
  const { data } = error;
  if (typeof data !== 'object' || data === null || !('error' in data) || typeof data.error !== 'string') return false;
  const code = data.error;
  if (!Object.hasOwn(errorStatuses, code)) return false;
  return codes.length === 0 || codes.some((wanted) => wanted === code);
};

/** The service sent no answer. `message` says whether there was no answer at all or one that is not Moonlight's. */
export class NetworkFailure extends Error {
  override readonly name: string = 'NetworkFailure';
}

/**
 * Whether a call failed without an answer from the service: the service or the network is down, the answer took too long, or
 * a proxy answered with an error page of its own. The service may have carried out the call. The session is kept: a user
 * who was logged in still is.
 */
export const isNetworkError = (error: unknown): error is Error =>
  error instanceof NetworkFailure || (error instanceof Error && error.cause instanceof NetworkFailure);

export const notMoonlightError = (url: URL, cause: unknown): NetworkFailure =>
  new NetworkFailure(`What answers at ${url.origin} is not Moonlight`, { cause });

/** Whether the caller aborted a call. A timeout does not count: it is a failure of the network. */
export const isAborted = (signal: AbortSignal | null | undefined): boolean => {
  if (signal?.aborted !== true) return false;
  const reason: unknown = signal.reason;
  return !(reason instanceof Error && reason.name === 'TimeoutError');
};

/** The error a call rejects with. Refusals, network errors and aborts stay as they are; any other answer is not Moonlight's. */
export const toCallError = (error: unknown, url: URL, signal: AbortSignal | null | undefined): unknown => {
  const isRefusal = error instanceof TRPCClientError && error.shape !== undefined;
  return isRefusal || isNetworkError(error) || isAborted(signal) ? error : notMoonlightError(url, error);
};
