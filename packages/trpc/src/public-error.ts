import { AuthError } from '@moonlight/auth';
import { type ErrorCode, errorCatalogue, type ValidationDetail, validationDetails } from '@moonlight/contracts';
import { getTRPCErrorFromUnknown, TRPCError } from '@trpc/server';
import { z } from 'zod';
import type { RequestInfo } from '@moonlight/auth';

type TrpcCode = TRPCError['code'];

// Keyed by the catalogue's own statuses: a status without a tRPC code does not compile.
const TRPC_CODES = {
  400: 'BAD_REQUEST',
  401: 'UNAUTHORIZED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  405: 'METHOD_NOT_SUPPORTED',
  409: 'CONFLICT',
  413: 'PAYLOAD_TOO_LARGE',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  429: 'TOO_MANY_REQUESTS',
  500: 'INTERNAL_SERVER_ERROR',
  503: 'SERVICE_UNAVAILABLE',
} as const satisfies Record<(typeof errorCatalogue)[ErrorCode]['status'], TrpcCode>;

/** The errors that tRPC raises itself, as codes of the catalogue. Any other error is an internal one. */
const TRANSPORT_CODES: Partial<Record<TrpcCode, ErrorCode>> = {
  PARSE_ERROR: 'VALIDATION_FAILED',
  BAD_REQUEST: 'VALIDATION_FAILED',
  NOT_FOUND: 'NOT_FOUND',
  METHOD_NOT_SUPPORTED: 'METHOD_NOT_ALLOWED',
  PAYLOAD_TOO_LARGE: 'PAYLOAD_TOO_LARGE',
  UNSUPPORTED_MEDIA_TYPE: 'UNSUPPORTED_MEDIA_TYPE',
};

/** An error as both APIs report it; only the envelope differs. */
export interface PublicError {
  readonly code: ErrorCode;
  readonly status: number;
  readonly message: string;
  readonly requestId: string;
  /** Seconds. */
  readonly retryAfter?: number;
  readonly details?: readonly ValidationDetail[];
  /** ISO 8601. */
  readonly deletesAt?: string;
}

/** The tRPC error that carries an error of the domain. */
export const asTrpcError = (error: AuthError): TRPCError =>
  new TRPCError({ code: TRPC_CODES[errorCatalogue[error.code].status], message: error.code, cause: error });

const codeOf = (error: TRPCError): ErrorCode => {
  if (error.cause instanceof AuthError) return error.cause.code;
  return TRANSPORT_CODES[error.code] ?? 'INTERNAL_ERROR';
};

/** The catalogue's code for what a procedure threw. */
export const errorCodeOf = (thrown: unknown): ErrorCode => codeOf(getTRPCErrorFromUnknown(thrown));

/** What the caller may know of an error: its code, its message in the caller's language, the wait, the wrong fields, the time of a deletion. */
export const publicError = (thrown: unknown, request: RequestInfo | undefined): PublicError => {
  const error = getTRPCErrorFromUnknown(thrown);
  const code = codeOf(error);
  const locale = request?.locale ?? 'en';
  const { status, message } = errorCatalogue[code];
  const domainError = error.cause instanceof AuthError ? error.cause : undefined;
  // An output that does not match its schema is our bug: it is an internal error, and its details belong in the log only.
  const isBadInput = code === 'VALIDATION_FAILED' && error.cause instanceof z.core.$ZodError;
  const details = isBadInput ? validationDetails(error.cause.issues, locale) : domainError?.details;
  return {
    code,
    status,
    message: message[locale],
    requestId: request?.requestId ?? '',
    ...(domainError?.retryAfter === undefined ? {} : { retryAfter: domainError.retryAfter }),
    ...(details === undefined ? {} : { details }),
    ...(domainError?.deletesAt === undefined ? {} : { deletesAt: domainError.deletesAt.toISOString() }),
  };
};

/** Status and headers of a tRPC answer, where tRPC's defaults differ from the contract. */
export const responseMeta = ({
  paths,
  errors,
}: {
  paths?: readonly string[] | undefined;
  errors: readonly TRPCError[];
}) => {
  if (errors.length === 0) return paths?.length === 1 && paths[0] === 'auth.register' ? { status: 201 } : {};
  const headers = new Headers();
  const publicErrors = errors.map((error) => publicError(error, undefined));
  const wait = Math.max(0, ...publicErrors.map(({ retryAfter }) => retryAfter ?? 0));
  if (wait > 0) headers.set('retry-after', String(wait));
  if (publicErrors.some(({ status }) => status === 401)) headers.set('www-authenticate', 'Bearer');
  return { headers };
};
