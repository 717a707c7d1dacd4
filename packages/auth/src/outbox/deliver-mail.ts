import { z } from 'zod';
import { secondsAfter } from '../clock.ts';
import type { AuthDeps } from '../deps.ts';
import { unseal } from '../secrets/seal.ts';
import { type Mail, MailRefusedError, type MailSender } from './mail.ts';
import { finishRow, lockPendingRow, type OutboxRow, postponeRow } from './outbox-store.ts';

export type DeliveryOutcome = 'sent' | 'skipped' | 'postponed' | 'refused' | 'expired';

type DeliveryDeps = Pick<AuthDeps, 'db' | 'clock' | 'log'> & {
  readonly secrets: Pick<AuthDeps['secrets'], 'outbox'>;
  readonly sender: MailSender;
};

const LONGEST_PAUSE_SECONDS = 300;

/** Pauses between tries: 2, 4, 8 … 300 s. */
const pauseSeconds = (attempts: number): number => Math.min(2 ** (attempts + 1), LONGEST_PAUSE_SECONDS);

const openPayload = (deps: DeliveryDeps, row: OutboxRow): Mail | undefined => {
  const json = unseal({ key: deps.secrets.outbox, context: row.id, sealed: row.payload ?? '' });
  // It was sealed by us and nobody else could: its shape is known.
  return json === undefined ? undefined : z.custom<Mail>().parse(JSON.parse(json));
};

/** A name for the log and the table; messages of mail servers may hold addresses. */
const nameOf = (error: unknown): string => {
  if (!(error instanceof Error)) return 'unknown';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  const response = 'responseCode' in error && typeof error.responseCode === 'number' ? ` ${error.responseCode}` : '';
  return `${code}${response}`.slice(0, 64);
};

/**
 * Delivers one mail of the outbox. The row stays locked while SMTP works, so two workers never send one mail, and a
 * worker that dies gives it back the moment its connection breaks. Sent twice only if that happens between the mail
 * server's "250" and the commit, and then under one Message-ID. A refusal for good is recorded; anything else is tried
 * again until the mail could no longer help. Rejects only when the database is away.
 */
export const deliverMail = async (deps: DeliveryDeps, outboxId: string): Promise<DeliveryOutcome> =>
  deps.db.transaction(async (tx) => {
    const row = await lockPendingRow(tx, outboxId);
    if (row === undefined) return 'skipped';
    const mail = openPayload(deps, row);
    const now = deps.clock.now();
    if (row.expiresAt <= now || mail === undefined) {
      const error = mail === undefined ? 'unreadable payload' : (row.lastError ?? 'too late');
      await finishRow(tx, { id: row.id, state: 'expired', now, error });
      deps.log.warn({ outboxId, kind: row.kind, error }, 'a mail was dropped: it could no longer help');
      return 'expired';
    }
    try {
      await deps.sender.send({ id: row.id, mail });
    } catch (error) {
      return recordFailure({ ...deps, tx }, row, error);
    }
    await finishRow(tx, { id: row.id, state: 'sent', now: deps.clock.now() });
    deps.log.info({ outboxId, kind: row.kind, attempts: row.attempts + 1 }, 'mail sent');
    return 'sent';
  });

const recordFailure = async (
  deps: DeliveryDeps & { tx: Parameters<typeof finishRow>[0] },
  row: OutboxRow,
  error: unknown,
): Promise<DeliveryOutcome> => {
  const now = deps.clock.now();
  const reason = nameOf(error);
  const fields = { outboxId: row.id, kind: row.kind, attempts: row.attempts + 1, reason };
  if (error instanceof MailRefusedError) {
    await finishRow(deps.tx, { id: row.id, state: 'refused', now, error: error.message.slice(0, 64) });
    deps.log.error(fields, 'the mail server refused a mail for good');
    return 'refused';
  }
  const pause = pauseSeconds(row.attempts);
  await postponeRow(deps.tx, { id: row.id, dueAt: secondsAfter(now, pause), error: reason });
  deps.log.warn({ ...fields, pauseSeconds: pause }, 'a mail could not be sent and will be tried again');
  return 'postponed';
};
