import type { Mail } from '@moonlight/contracts';
import type { AuthDeps } from '../deps.ts';
import { secondsAfter } from '../system.ts';
import { parsePayload, unsealPayload } from './mail-payload.ts';
import { type MailServerBreaker, MailServerError } from './mail-server-breaker.ts';
import type { EndedAttempt, OutboxRow } from './outbox-store.ts';

/** A mail to be sent; `id` is the id of its outbox row, so that every attempt uses the same Message-ID. */
export interface OutgoingMail {
  readonly id: string;
  readonly mail: Mail;
  /** The span of the call that queued the mail (W3C Trace Context). */
  readonly traceparent?: string | undefined;
}

/**
 * Sends a mail within 30 s, well below the lease. Rejects with MailRefusedError after a permanent refusal, and with
 * MailServerError when a retry may succeed; after any other error delivery is retried too.
 */
export interface MailSender {
  send(outgoing: OutgoingMail): Promise<void>;
}

/** The mail server refused this mail permanently (SMTP 5xx); a retry would not help. */
export class MailRefusedError extends Error {
  override readonly name = 'MailRefusedError';
}

/** `skipped`: the lease had ended before the attempt was recorded, so another worker may send the mail too. */
export type DeliveryOutcome = 'sent' | 'skipped' | 'postponed' | 'refused' | 'expired';

export type DeliveryDeps = Pick<AuthDeps, 'db' | 'clock' | 'log'> & {
  readonly secrets: Pick<AuthDeps['secrets'], 'outbox'>;
  /** One sender for each channel of the outbox. */
  readonly senders: Readonly<Record<OutboxRow['channel'], MailSender>>;
};

type Ended = Pick<EndedAttempt, 'state' | 'at' | 'error' | 'isCounted'>;

const LONGEST_PAUSE_SECONDS = 300;

/** Pauses between attempts: 2, 4, 8 … 300 s. */
const pauseSeconds = (attempts: number): number => Math.min(2 ** attempts, LONGEST_PAUSE_SECONDS);

/** An error's code or name, for log and table: messages of mail servers may contain email addresses. */
const nameOf = (error: unknown): string => {
  if (!(error instanceof Error)) return 'unknown';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  const response = 'responseCode' in error && typeof error.responseCode === 'number' ? ` ${error.responseCode}` : '';
  return `${code}${response}`.slice(0, 64);
};

/** What every line about a mail contains. `reqId` is also in the API's lines about the call that queued it. */
const fieldsOf = ({ id, kind, requestId }: OutboxRow) => ({
  outboxId: id,
  kind,
  ...(requestId === null ? {} : { reqId: requestId }),
});

interface Attempt {
  readonly row: OutboxRow;
  readonly server: MailServerBreaker;
}

/** Gives a claimed mail back without a try: it is due at once, and the claim does not count as an attempt. */
export const returnMail = ({ clock }: Pick<DeliveryDeps, 'clock'>, { lastError }: OutboxRow): Ended => ({
  state: 'pending',
  at: clock.now(),
  isCounted: false,
  error: lastError,
});

/**
 * Tries once to send a claimed mail, and says how that ended; it never rejects. A permanent refusal is final. After any
 * other failure the mail is tried again until it expires: after a pause that grows with its attempts, or, while the mail
 * server does not work, as soon as it works again.
 */
export const attemptDelivery = async (deps: DeliveryDeps, { row, server }: Attempt): Promise<Ended> => {
  const payload = unsealPayload(deps.secrets.outbox, row);
  const fields = fieldsOf(row);
  const now = deps.clock.now();
  if (row.expiresAt <= now || payload === undefined) {
    const error = payload === undefined ? 'unreadable payload' : (row.lastError ?? 'too late');
    deps.log.warn({ ...fields, error }, 'a mail was dropped because it has expired or cannot be read');
    server.notTried();
    return { state: 'expired', at: now, isCounted: false, error };
  }
  try {
    // During an upgrade a worker of the previous release may get a payload that it cannot parse; it is retried, so that
    // a worker of the new release sends it.
    await deps.senders[row.channel].send({
      id: row.id,
      mail: parsePayload(payload),
      traceparent: row.traceparent ?? undefined,
    });
  } catch (error) {
    return failedAttempt(deps, { row, server, error });
  }
  server.answered();
  deps.log.info({ ...fields, attempts: row.attempts }, 'mail sent');
  return { state: 'sent', at: deps.clock.now(), isCounted: true, error: null };
};

const failedAttempt = (
  { clock, log }: DeliveryDeps,
  { row, server, error }: Attempt & { readonly error: unknown },
): Ended => {
  const now = clock.now();
  const reason = nameOf(error);
  const fields = { ...fieldsOf(row), attempts: row.attempts, reason };
  if (error instanceof MailRefusedError) {
    server.answered();
    log.error(fields, 'the mail server refused a mail permanently');
    return { state: 'refused', at: now, isCounted: true, error: error.message.slice(0, 64) };
  }
  if (!(error instanceof MailServerError)) server.notTried();
  else if (server.failed(row.id, error)) return { state: 'pending', at: now, isCounted: false, error: reason };
  const pause = pauseSeconds(row.attempts);
  log.warn({ ...fields, pauseSeconds: pause }, 'a mail could not be sent; delivery will be retried');
  return { state: 'pending', at: secondsAfter(now, pause), isCounted: true, error: reason };
};
