import type { AuthDeps } from '../deps.ts';
import { secondsAfter } from '../system.ts';
import { attemptRecorder } from './attempt-recorder.ts';
import { attemptDelivery, type DeliveryDeps, type DeliveryOutcome } from './attempt-delivery.ts';
import { claimMails, type EndedAttempt, type OutboxRow, readOutboxStatus } from './outbox-store.ts';
import { CLAIM_BATCH, sendingSlots } from './sending-slots.ts';

const LEASE_SECONDS = 120;

const outcomeOf: Readonly<Record<EndedAttempt['state'], DeliveryOutcome>> = {
  pending: 'postponed',
  sent: 'sent',
  refused: 'refused',
  expired: 'expired',
};

interface DeliveryOptions {
  /** For this time no other process sends a mail that this one has claimed. */
  readonly leaseSeconds?: number;
  /** Called for each attempt when it is recorded. */
  readonly onOutcome?: (outcome: DeliveryOutcome, kind: string) => void;
}

/** Sends the mails of the outbox. */
export interface MailDelivery {
  /** Claims every mail that is due and starts to send it. Rejects when the database fails. */
  readonly drain: () => Promise<void>;
  /** Claims no more mails, and resolves when those that are being sent are recorded. */
  readonly close: () => Promise<void>;
}

/**
 * Delivers the mails of the outbox in batches: one statement claims them under a lease, and one records how they ended. No
 * transaction is open during SMTP. One worker at a time holds the lease of a mail, so it is sent twice only if that worker
 * dies, or is suspended for longer than the lease, between the mail server's "250" and the record; then it has the same
 * Message-ID. The mails of a dead worker are sent when their leases have ended.
 */
export const createMailDelivery = (
  deps: DeliveryDeps,
  { leaseSeconds = LEASE_SECONDS, onOutcome = () => undefined }: DeliveryOptions = {},
): MailDelivery => {
  const slots = sendingSlots();
  const recorder = attemptRecorder(deps, ({ state, kind }, wasOurs) =>
    onOutcome(wasOurs ? outcomeOf[state] : 'skipped', kind),
  );
  let isWanted = false;
  let isClosing = false;
  let draining: Promise<void> | undefined;

  const deliver = async (row: OutboxRow): Promise<void> => {
    // A process that was suspended after the claim, or a long wait for a slot: another worker may claim the mail while this
    // one would be sending it.
    if (secondsAfter(deps.clock.now(), leaseSeconds / 2) > row.dueAt) return onOutcome('skipped', row.kind);
    const ended = await attemptDelivery(deps, row);
    recorder.add({ id: row.id, kind: row.kind, attempts: row.attempts, ...ended });
  };
  /** Resolves with whether more mails may be due. */
  const claimBatch = async (): Promise<boolean> => {
    await slots.needsMore();
    if (isClosing) return false;
    const now = deps.clock.now();
    const leaseEnd = secondsAfter(now, leaseSeconds);
    const rows = await claimMails(deps.db, { now, leaseEnd, limit: CLAIM_BATCH });
    for (const row of rows) slots.add(() => deliver(row));
    return rows.length === CLAIM_BATCH;
  };
  const claimAll = async (): Promise<void> => {
    try {
      while (isWanted) {
        isWanted = false;
        while (await claimBatch());
      }
    } finally {
      draining = undefined;
    }
  };
  return {
    drain: () => {
      // A mail that was queued after the running drain's last statement needs another one.
      isWanted = true;
      draining ??= claimAll();
      return draining;
    },
    close: async () => {
      isClosing = true;
      await draining?.catch(() => undefined);
      await slots.idle();
      await recorder.close();
    },
  };
};

/** For each state of unfinished mails: their number, and when the oldest was created (ms since 1970). */
export const outboxStatus = ({ db }: Pick<AuthDeps, 'db'>) => readOutboxStatus(db);
