import { type ErrorCode, isMoonlightError, isNetworkError } from '@moonlight/client';
import type { Dictionary } from '../i18n/en.ts';

/** A failed call, as a page shows it. */
export interface Failure {
  /**
   * The API's error code. `UNREACHABLE`: no answer came, so the call may have been carried out or not.
   * `UNEXPECTED`: a bug of the web app.
   */
  readonly code: ErrorCode | 'UNREACHABLE' | 'UNEXPECTED';
  /** The API's sentence, in the language of the page; empty if no answer came. */
  readonly message: string;
  readonly details: readonly { readonly path: string; readonly message: string }[];
  /** Seconds until a retry is allowed; 0 if there is no wait. */
  readonly retryAfter: number;
  /** The request id of an internal error, to find it in the API's log. */
  readonly reference?: string | undefined;
}

const withoutAnswer = (code: 'UNREACHABLE' | 'UNEXPECTED'): Failure => ({
  code,
  message: '',
  details: [],
  retryAfter: 0,
});

/** Reads the error that a call was rejected with. */
export const asFailure = (error: unknown): Failure => {
  if (isNetworkError(error)) return withoutAnswer('UNREACHABLE');
  if (!isMoonlightError(error)) {
    reportError(error);
    return withoutAnswer('UNEXPECTED');
  }
  const { error: code, details = [], retryAfter = 0, requestId } = error.data;
  const reference = code === 'INTERNAL_ERROR' ? requestId : undefined;
  return { code, message: error.message, details, retryAfter, reference };
};

/** The sentence of the pages for a failure; the API's own sentence where the pages have none. */
export const sentenceOf = ({ code, message }: Failure, t: Dictionary): string => {
  const sentences: Partial<Record<Failure['code'], string>> = t.errors;
  return sentences[code] ?? message;
};
