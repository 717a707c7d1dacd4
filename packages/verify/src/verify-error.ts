/**
 * Why a token was not accepted. UNAVAILABLE means that the token could not be checked, because the service is unreachable;
 * the other codes are those of the service. Only `introspect` throws ACCOUNT_DISABLED and USER_NOT_FOUND.
 */
export type VerifyErrorCode =
  | 'MISSING_TOKEN'
  | 'TOKEN_EXPIRED'
  | 'TOKEN_INVALID'
  | 'ACCOUNT_DISABLED'
  | 'USER_NOT_FOUND'
  | 'UNAVAILABLE';

const REFUSALS: Readonly<Record<VerifyErrorCode, { readonly status: 401 | 403 | 503; readonly message: string }>> = {
  MISSING_TOKEN: { status: 401, message: 'Missing token' },
  TOKEN_EXPIRED: { status: 401, message: 'Token expired' },
  TOKEN_INVALID: { status: 401, message: 'Invalid token' },
  ACCOUNT_DISABLED: { status: 403, message: 'This account is disabled' },
  USER_NOT_FOUND: { status: 401, message: 'User not found' },
  UNAVAILABLE: { status: 503, message: 'Tokens cannot be checked right now' },
};

/** A token was not accepted. `code` is the reason. */
export class VerifyError extends Error {
  override readonly name: string = 'VerifyError';
  readonly code: VerifyErrorCode;
  /** The HTTP status to answer with. */
  readonly status: 401 | 403 | 503;

  constructor(code: VerifyErrorCode, options?: { readonly message?: string; readonly cause?: unknown }) {
    super(options?.message ?? REFUSALS[code].message, { cause: options?.cause });
    this.code = code;
    this.status = REFUSALS[code].status;
  }
}

/** Whether an error code of the service is about a token. */
export const isVerifyErrorCode = (code: unknown): code is VerifyErrorCode =>
  typeof code === 'string' && Object.hasOwn(REFUSALS, code);
