import type { ErrorCode, ValidationDetail } from '@moonlight/contracts';
import { isDatabaseUnavailable } from '@moonlight/db';

interface AuthErrorOptions {
  /** Whole seconds after which a retry can succeed; for RATE_LIMITED and OVERLOADED. */
  readonly retryAfter?: number;
  readonly details?: readonly ValidationDetail[];
  /** When the account will be erased; for ACCOUNT_DELETION_PENDING. */
  readonly deletesAt?: Date;
  /** For the log only; never part of an answer. */
  readonly cause?: unknown;
}

/** The only error class for refusals of the domain. Its code decides the HTTP status and the sentence in both APIs. */
export class AuthError extends Error {
  override readonly name = 'AuthError';
  readonly code: ErrorCode;
  readonly retryAfter: number | undefined;
  readonly details: readonly ValidationDetail[] | undefined;
  readonly deletesAt: Date | undefined;

  constructor(code: ErrorCode, options: AuthErrorOptions = {}) {
    super(code, { cause: options.cause });
    this.code = code;
    this.retryAfter = options.retryAfter;
    this.details = options.details;
    this.deletesAt = options.deletesAt;
  }
}

/** The refusal that an error stands for: OVERLOADED when the database cannot serve the call now; else undefined. */
export const refusalFrom = (error: unknown): AuthError | undefined => {
  if (error instanceof AuthError) return error;
  return isDatabaseUnavailable(error) ? new AuthError('OVERLOADED', { retryAfter: 1, cause: error }) : undefined;
};
