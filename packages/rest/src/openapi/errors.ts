import { type ErrorCode, errorCatalogue, isErrorCode } from '@moonlight/contracts';
import type { Route } from '../route.ts';

const EXAMPLE_REQUEST_ID = '6f9619ff-8b86-4d01-b42d-00cf4fc964ff';

const BEARER_ERRORS: readonly ErrorCode[] = [
  'MISSING_TOKEN',
  'TOKEN_EXPIRED',
  'TOKEN_INVALID',
  'USER_NOT_FOUND',
  'ACCOUNT_DISABLED',
];
const BODY_ERRORS: readonly ErrorCode[] = ['VALIDATION_FAILED', 'PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'];

const WAITS: Partial<Record<ErrorCode, number>> = { RATE_LIMITED: 42, OVERLOADED: 1 };

/** Every code there is, in the catalogue's order. */
export const errorCodes: readonly ErrorCode[] = Object.keys(errorCatalogue).filter(isErrorCode);

/** What one error's answer looks like. */
export const errorExample = (error: ErrorCode) => {
  const { status, message } = errorCatalogue[error];
  const wait = WAITS[error];
  return {
    code: status,
    message: message.en,
    error,
    request_id: EXAMPLE_REQUEST_ID,
    ...(wait === undefined ? {} : { retry_after: wait }),
    ...(error === 'VALIDATION_FAILED' ? { details: [{ path: 'email', message: 'must be an e-mail address' }] } : {}),
  };
};

/** Every code an operation may answer with, by status, in the catalogue's order. */
export const errorsByStatus = (
  { errors }: Route,
  takes: { bearer: boolean; body: boolean; parameters: boolean },
): ReadonlyMap<number, readonly ErrorCode[]> => {
  const possible = new Set<ErrorCode>([
    ...errors,
    ...(takes.bearer ? BEARER_ERRORS : []),
    ...(takes.body ? BODY_ERRORS : []),
    ...(takes.parameters ? ['VALIDATION_FAILED' as const] : []),
    'INTERNAL_ERROR',
  ]);
  return Map.groupBy(
    errorCodes.filter((code) => possible.has(code)),
    (code) => errorCatalogue[code].status,
  );
};
