import { type ErrorCode, isMoonlightError, isNetworkError } from '@moonlight/client';

/** A call that did not do what was asked, as a page tells it. */
export interface Failure {
  /**
   * The service's code. `AWAY`: no answer of the service came, and whether it did what was asked is unknown.
   * `UNFORESEEN`: a mistake of our own.
   */
  readonly code: ErrorCode | 'AWAY' | 'UNFORESEEN';
  /** The service's own sentence, in the language of the pages; empty where none came. */
  readonly message: string;
  readonly details: readonly { readonly path: string; readonly message: string }[];
  /** Seconds; 0 where there is nothing to wait for. */
  readonly retryAfter: number;
  /** Names the request in the service's log, where somebody may have to look it up. */
  readonly reference?: string | undefined;
}

const withoutAnswer = (code: 'AWAY' | 'UNFORESEEN'): Failure => ({ code, message: '', details: [], retryAfter: 0 });

/** Reads what a call was rejected with. */
export const asFailure = (error: unknown): Failure => {
  if (isNetworkError(error)) return withoutAnswer('AWAY');
  if (!isMoonlightError(error)) {
    reportError(error);
    return withoutAnswer('UNFORESEEN');
  }
  const { error: code, details = [], retryAfter = 0, requestId } = error.data;
  const reference = code === 'INTERNAL_ERROR' ? requestId : undefined;
  return { code, message: error.message, details, retryAfter, reference };
};

/** The same for a query, which may not have failed. */
export const failureIn = (error: Error | null): Failure | undefined => (error === null ? undefined : asFailure(error));
