import type { ErrorCode, ValidationDetail } from '@moonlight/contracts';

interface AuthErrorOptions {
  /** Whole seconds until trying again makes sense; for RATE_LIMITED and OVERLOADED. */
  readonly retryAfter?: number;
  readonly details?: readonly ValidationDetail[];
  /** For the log only; never part of an answer. */
  readonly cause?: unknown;
}

/** The one error the domain refuses with. Its code decides status and sentence at every door. */
export class AuthError extends Error {
  override readonly name = 'AuthError';
  readonly code: ErrorCode;
  readonly retryAfter: number | undefined;
  readonly details: readonly ValidationDetail[] | undefined;

  constructor(code: ErrorCode, options: AuthErrorOptions = {}) {
    super(code, { cause: options.cause });
    this.code = code;
    this.retryAfter = options.retryAfter;
    this.details = options.details;
  }
}
