import type { Mail } from '@moonlight/contracts';
import { transaction, type Tx } from '@moonlight/db';
import type { AuthDeps } from '../deps.ts';
import { secondsAfter } from '../system.ts';
import { parsePayload, unsealPayload } from './mail-payload.ts';
import { finishRow, lockPendingRow, type OutboxRow, postponeRow } from './outbox-store.ts';

/** A mail to be sent; `id` is the id of its outbox row, so that every attempt uses the same Message-ID. */
export interface OutgoingMail {
  readonly id: string;
  readonly mail: Mail;
}

/** Sends a mail. Rejects with MailRefusedError after a permanent refusal; after any other error delivery is retried. */
export interface MailSender {
  send(outgoing: OutgoingMail): Promise<void>;
}

/** The mail server refused this mail permanently (SMTP 5xx); a retry would not help. */
export class MailRefusedError extends Error {
  override readonly name = 'MailRefusedError';
}

export type DeliveryOutcome = 'sent' | 'skipped' | 'postponed' | 'refused' | 'expired';

type DeliveryDeps = Pick<AuthDeps, 'db' | 'clock' | 'log'> & {
  readonly secrets: Pick<AuthDeps['secrets'], 'outbox'>;
  /** One sender for each channel of the outbox. */
  readonly senders: Readonly<Record<OutboxRow['channel'], MailSender>>;
};

const LONGEST_PAUSE_SECONDS = 300;

/** Pauses between attempts: 2, 4, 8 … 300 s. */
const pauseSeconds = (attempts: number): number => Math.min(2 ** (attempts + 1), LONGEST_PAUSE_SECONDS);

/** An error's code or name, for log and table: messages of mail servers may contain email addresses. */
const nameOf = (error: unknown): string => {
  if (!(error instanceof Error)) return 'unknown';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  const response = 'responseCode' in error && typeof error.responseCode === 'number' ? ` ${error.responseCode}` : '';
  return `${code}${response}`.slice(0, 64);
};

/**
 * Delivers one mail of the outbox. The row stays locked during SMTP, so two workers never send the same mail; when a
 * worker dies, the lock ends with its connection. A mail is sent twice only if the worker dies between the mail
 * server's "250" and the commit, and then with the same Message-ID. A permanent refusal is recorded; after any other
 * failure delivery is retried until the mail expires. Rejects only when the database cannot be reached.
 */
export const deliverMail = (deps: DeliveryDeps, outboxId: string): Promise<DeliveryOutcome> =>
  transaction(deps.db, async (tx) => {
    const row = await lockPendingRow(tx, outboxId);
    if (row === undefined) return 'skipped';
    const payload = unsealPayload(deps.secrets.outbox, row);
    const now = deps.clock.now();
    if (row.expiresAt <= now || payload === undefined) {
      const error = payload === undefined ? 'unreadable payload' : (row.lastError ?? 'too late');
      await finishRow(tx, { id: row.id, state: 'expired', now, error });
      deps.log.warn({ outboxId, kind: row.kind, error }, 'a mail was dropped because it has expired or cannot be read');
      return 'expired';
    }
    try {
      // During an upgrade a worker of the previous release may get a payload that it cannot parse; it is retried, so that
      // a worker of the new release sends it.
      await deps.senders[row.channel].send({ id: row.id, mail: parsePayload(payload) });
    } catch (error) {
      return recordFailure(tx, deps, { row, error });
    }
    await finishRow(tx, { id: row.id, state: 'sent', now: deps.clock.now() });
    deps.log.info({ outboxId, kind: row.kind, attempts: row.attempts + 1 }, 'mail sent');
    return 'sent';
  });

const recordFailure = async (
  tx: Tx,
  { clock, log }: DeliveryDeps,
  { row, error }: { row: OutboxRow; error: unknown },
): Promise<DeliveryOutcome> => {
  const now = clock.now();
  const reason = nameOf(error);
  const fields = { outboxId: row.id, kind: row.kind, attempts: row.attempts + 1, reason };
  if (error instanceof MailRefusedError) {
    await finishRow(tx, { id: row.id, state: 'refused', now, error: error.message.slice(0, 64) });
    log.error(fields, 'the mail server refused a mail permanently');
    return 'refused';
  }
  const pause = pauseSeconds(row.attempts);
  await postponeRow(tx, { id: row.id, dueAt: secondsAfter(now, pause), error: reason });
  log.warn({ ...fields, pauseSeconds: pause }, 'a mail could not be sent; delivery will be retried');
  return 'postponed';
};
