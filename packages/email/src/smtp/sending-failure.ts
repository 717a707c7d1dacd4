import { MailRefusedError } from '@moonlight/auth';

/** What nodemailer tells about a failure, apart from the sentences, which repeat addresses. */
interface Facts {
  readonly code?: unknown;
  readonly originalCode?: unknown;
  readonly responseCode?: unknown;
  readonly command?: unknown;
}

const word = (fact: unknown): string | undefined =>
  typeof fact === 'string' && /^[A-Z][A-Z0-9 _-]{0,40}$/.test(fact) ? fact : undefined;

// 530 to 538 are about signing in (RFC 4954, 6), which the operator can mend. 503 says that the session, not the mail,
// was in disorder.
const isFinal = (responseCode: number): boolean =>
  responseCode >= 500 && responseCode < 600 && responseCode !== 503 && !(responseCode >= 530 && responseCode <= 538);

/**
 * What may be known of a failed delivery: the SMTP command (in the message), and the server's `responseCode` or the
 * connection's `code`. No address and no
 * sentence of the server, which may contain one, because errors end up in logs. A mail that the server refused for good
 * is a MailRefusedError; a server that turns the connection or the login away has not refused the mail.
 */
export const sendingFailure = (error: unknown): Error => {
  const { code, originalCode, responseCode, command }: Facts = typeof error === 'object' && error !== null ? error : {};
  const answer = typeof responseCode === 'number' ? responseCode : undefined;
  const connection = word(originalCode) ?? word(code);
  const reason = answer ?? connection ?? 'unknown failure';
  const stage = word(command);
  const message = stage === undefined ? `SMTP: ${reason}` : `SMTP ${stage}: ${reason}`;
  const aboutTheMail = code === 'EENVELOPE' || code === 'EMESSAGE';
  if (answer !== undefined && aboutTheMail && isFinal(answer)) return new MailRefusedError(message);
  return Object.assign(new Error(message), { code: connection, responseCode: answer });
};
