import type { AuthDeps } from '../deps.ts';
import { secondsAfter } from '../system.ts';
import { attemptRecorder } from './attempt-recorder.ts';
import { attemptDelivery, type DeliveryDeps, type DeliveryOutcome, returnMail } from './attempt-delivery.ts';
import { mailServerBreaker, PROBE_EVERY_MS } from './mail-server-breaker.ts';
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
  /** How often a mail is tried while the mail server does not work, in milliseconds; two seconds by default. */
  readonly probeEveryMs?: number;
  /** Called for each attempt when it is recorded. */
  readonly onOutcome?: (outcome: DeliveryOutcome, kind: string) => void;
}

/** Sends the mails of the outbox. */
export interface MailDelivery {
  /**
   * Claims every mail that is due and starts to send it; while the mail server does not work, one at a time. Rejects when
   * the database fails.
   */
  readonly drain: () => Promise<void>;
  /** Claims no more mails, gives back those that are not sent yet, and resolves when the others are recorded. */
  readonly close: () => Promise<void>;
}

/** Makes calls share runs of `work`: a call during a run leads to one more. */
const sharedRuns = (work: () => Promise<void>) => {
  let isWanted = false;
  let running: Promise<void> | undefined;
  const repeat = async (): Promise<void> => {
    try {
      while (isWanted) {
        isWanted = false;
        await work();
      }
    } finally {
      running = undefined;
    }
  };
  return {
    run: (): Promise<void> => {
      isWanted = true;
      running ??= repeat();
      return running;
    },
    ended: async (): Promise<void> => running?.catch(() => undefined),
  };
};

/**
 * Delivers the mails of the outbox in batches: one statement claims them under a lease, and one records how they ended. No
 * transaction is open during SMTP. One worker at a time holds the lease of a mail, so it is sent twice only if that worker
 * dies, or is suspended for longer than the lease, between the mail server's "250" and the record; then it has the same
 * Message-ID. The mails of a dead worker are sent when their leases have ended.
 */
export const createMailDelivery = (
  deps: DeliveryDeps,
  { leaseSeconds = LEASE_SECONDS, probeEveryMs = PROBE_EVERY_MS, onOutcome = () => undefined }: DeliveryOptions = {},
): MailDelivery => {
  const slots = sendingSlots();
  const recorder = attemptRecorder(deps, ({ state, kind }, wasOurs) =>
    onOutcome(wasOurs ? outcomeOf[state] : 'skipped', kind),
  );
  const wake = () =>
    void drains.run().catch((error: unknown) => deps.log.warn({ err: error }, 'mails could not be claimed'));
  const server = mailServerBreaker({ log: deps.log, probeEveryMs, wake });
  let isClosing = false;

  const deliver = async (row: OutboxRow, isProbe: boolean): Promise<void> => {
    // A process that was suspended after the claim, or a long wait for a slot: another worker may claim the mail while this
    // one would be sending it.
    const { id, kind, attempts } = row;
    if (secondsAfter(deps.clock.now(), leaseSeconds / 2) > row.dueAt) return onOutcome('skipped', kind);
    const waits = isClosing || (server.isOpen() && !isProbe);
    const ended = waits ? returnMail(deps, row) : await attemptDelivery(deps, { row, server });
    // What was interrupted because this process stops is due for the others at once.
    const isInterrupted = isClosing && ended.state === 'pending';
    recorder.add({ id, kind, attempts, ...ended, ...(isInterrupted && returnMail(deps, row)) });
  };
  /** Resolves with whether more mails may be due. */
  const claimBatch = async (): Promise<boolean> => {
    await slots.needsMore();
    const limit = server.claimable(CLAIM_BATCH);
    if (isClosing || limit === 0) return false;
    const isProbe = server.isOpen();
    const now = deps.clock.now();
    const leaseEnd = secondsAfter(now, leaseSeconds);
    const rows = await claimMails(deps.db, { now, leaseEnd, limit });
    for (const row of rows) slots.add(() => deliver(row, isProbe));
    return rows.length === CLAIM_BATCH;
  };
  const drains = sharedRuns(async () => {
    while (await claimBatch());
  });
  return {
    drain: drains.run,
    close: async () => {
      isClosing = true;
      server.close();
      await drains.ended();
      await slots.idle();
      await recorder.close();
    },
  };
};

/** For each state of unfinished mails: their number, and when the oldest was created (ms since 1970). */
export const outboxStatus = ({ db }: Pick<AuthDeps, 'db'>) => readOutboxStatus(db);
