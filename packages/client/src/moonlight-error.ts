import { type ErrorCode, errorStatuses } from './api.gen.ts';

/** One field that is wrong. */
export interface ValidationDetail {
  /** Dotted path of the field; empty for the input as a whole. */
  readonly path: string;
  readonly message: string;
}

/** What the service says about a refusal. */
export interface ErrorData<Code extends ErrorCode = ErrorCode> {
  readonly error: Code;
  /** Names the request in the service's log. */
  readonly requestId: string;
  /** Seconds to wait before trying again. */
  readonly retryAfter?: number;
  /** The fields that are wrong, for VALIDATION_FAILED. */
  readonly details?: readonly ValidationDetail[];
}

/** The service refused. `message` is a sentence for people, in the language of the client. */
export interface MoonlightError<Code extends ErrorCode = ErrorCode> extends Error {
  readonly data: ErrorData<Code>;
}

/**
 * Whether an error is a refusal by the service and, where codes are given, one of these.
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
