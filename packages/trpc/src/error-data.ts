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

/** What tRPC itself refuses, in the catalogue's words. Everything else is unforeseen. */
const TRANSPORT_CODES: Partial<Record<TrpcCode, ErrorCode>> = {
  PARSE_ERROR: 'VALIDATION_FAILED',
  BAD_REQUEST: 'VALIDATION_FAILED',
  NOT_FOUND: 'NOT_FOUND',
  METHOD_NOT_SUPPORTED: 'METHOD_NOT_ALLOWED',
  PAYLOAD_TOO_LARGE: 'PAYLOAD_TOO_LARGE',
  UNSUPPORTED_MEDIA_TYPE: 'UNSUPPORTED_MEDIA_TYPE',
};

/** An error as both doors tell it; only the envelope around it differs. */
export interface PublicError {
  readonly code: ErrorCode;
  readonly status: number;
  readonly message: string;
  readonly requestId: string;
  readonly retryAfter?: number;
  readonly details?: readonly ValidationDetail[];
}

/** The tRPC error that carries a refusal of the domain. */
export const asTrpcError = (error: AuthError): TRPCError =>
  new TRPCError({ code: TRPC_CODES[errorCatalogue[error.code].status], message: error.code, cause: error });

const codeOf = (error: TRPCError): ErrorCode => {
  if (error.cause instanceof AuthError) return error.cause.code;
  return TRANSPORT_CODES[error.code] ?? 'INTERNAL_ERROR';
};

/** What the caller may know of an error: its code, the sentence in the caller's language, and what helps to go on. */
export const publicError = (thrown: unknown, request: RequestInfo | undefined): PublicError => {
  const error = getTRPCErrorFromUnknown(thrown);
  const code = codeOf(error);
  const locale = request?.locale ?? 'en';
  const { status, message } = errorCatalogue[code];
  const refusal = error.cause instanceof AuthError ? error.cause : undefined;
  // An answer that does not fit its own schema is a failure of ours, and what it looks like is for the log.
  const isBadInput = code === 'VALIDATION_FAILED' && error.cause instanceof z.core.$ZodError;
  const details = isBadInput ? validationDetails(error.cause.issues, locale) : refusal?.details;
  return {
    code,
    status,
    message: message[locale],
    requestId: request?.requestId ?? '',
    ...(refusal?.retryAfter === undefined ? {} : { retryAfter: refusal.retryAfter }),
    ...(details === undefined ? {} : { details }),
  };
};
