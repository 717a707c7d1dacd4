import { MailRefusedError } from '@moonlight/auth';

/** The fields of a nodemailer error that contain no addresses; its sentences do. */
interface SmtpErrorFields {
  readonly code?: unknown;
  readonly originalCode?: unknown;
  readonly responseCode?: unknown;
  readonly command?: unknown;
}

const identifierOf = (field: unknown): string | undefined =>
  typeof field === 'string' && /^[A-Z][A-Z0-9 _-]{0,40}$/.test(field) ? field : undefined;

// 530 to 538 concern the login to the mail server (RFC 4954, section 6), which the operator can correct. 503 means that the
// commands came in a wrong order; it says nothing about the mail.
const isPermanent = (responseCode: number): boolean =>
  responseCode >= 500 && responseCode < 600 && responseCode !== 503 && !(responseCode >= 530 && responseCode <= 538);

/**
 * Reduces a failed delivery to what may be logged: the SMTP command (in the message) and the server's `responseCode` or
 * the connection's `code`. Addresses, and the server's sentences, which may contain addresses, are left out. Answers a
 * MailRefusedError when the server refused this mail permanently. A server that rejects the connection or the login has
 * not refused the mail.
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
  return Object.assign(new Error(message), { code: connectionCode, responseCode: response });
};
