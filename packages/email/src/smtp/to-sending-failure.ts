import { MailRefusedError, MailServerError } from '@moonlight/auth';

/** The fields of a nodemailer error that contain no addresses; its sentences do. */
interface SmtpErrorFields {
  readonly code?: unknown;
  readonly originalCode?: unknown;
  readonly responseCode?: unknown;
  readonly command?: unknown;
  readonly timeoutType?: unknown;
}

const identifierOf = (field: unknown): string | undefined =>
  typeof field === 'string' && /^[A-Z][A-Z0-9 _-]{0,40}$/.test(field) ? field : undefined;

// 530 to 538 concern the login to the mail server (RFC 4954, section 6), which the operator can correct. 503 means that the
// commands came in a wrong order; it says nothing about the mail.
const isPermanent = (responseCode: number): boolean =>
  responseCode >= 500 && responseCode < 600 && responseCode !== 503 && !(responseCode >= 530 && responseCode <= 538);

const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EDNS',
  'EAUTH',
  'ETLS',
]);
const BEFORE_THE_MAIL = new Set(['CONNECT_TIMEOUT', 'GREETING_TIMEOUT', 'UPGRADE_TIMEOUT']);

/**
 * Whether the failure came before the server heard of a mail. A connection that breaks, or does not answer later, is no
 * sign of that: nodemailer calls each of its states CONN.
 */
const isUnavailable = (
  fields: SmtpErrorFields,
  { code, response }: { code?: string | undefined; response?: number | undefined },
) =>
  response === 421 ||
  (response !== undefined && fields.code !== 'EENVELOPE' && fields.code !== 'EMESSAGE') ||
  (code !== undefined && UNREACHABLE.has(code)) ||
  (typeof fields.timeoutType === 'string' && BEFORE_THE_MAIL.has(fields.timeoutType));

/**
 * Reduces a failed delivery to what may be logged: the SMTP command (in the message) and the server's `responseCode` or
 * the connection's `code`. Addresses, and the server's sentences, which may contain addresses, are left out. Answers a
 * MailRefusedError when the server refused this mail permanently, otherwise a MailServerError. A server that rejects the
 * connection or the login has not refused the mail.
 */
export const toSendingFailure = (error: unknown): Error => {
  const fields: SmtpErrorFields = typeof error === 'object' && error !== null ? error : {};
  const response = typeof fields.responseCode === 'number' ? fields.responseCode : undefined;
  const connectionCode = identifierOf(fields.originalCode) ?? identifierOf(fields.code);
  const reason = response ?? connectionCode ?? 'unknown failure';
  const command = identifierOf(fields.command);
  const message = command === undefined ? `SMTP: ${reason}` : `SMTP ${command}: ${reason}`;
  const concernsMail = fields.code === 'EENVELOPE' || fields.code === 'EMESSAGE';
  if (response !== undefined && concernsMail && isPermanent(response)) return new MailRefusedError(message);
  return new MailServerError(message, {
    isUnavailable: isUnavailable(fields, { code: connectionCode, response }),
    code: connectionCode,
    responseCode: response,
  });
};
