import type { Log } from '../system.ts';

/** How often one mail is tried while the mail server does not work, in milliseconds. */
export const PROBE_EVERY_MS = 2000;

// Mails that fail one after another, without a mail in between that the server answered. Fewer can be the fault of their
// recipients, such as a full mailbox.
const FAILED_MAILS = 3;

const LOG_EVERY_MS = 5000;

/** The mail server did not accept a mail, and a retry may succeed. */
export class MailServerError extends Error {
  override readonly name = 'MailServerError';
  /** Whether no mail can be sent now: no connection, no TLS, no login, or the server said so (421). */
  readonly isUnavailable: boolean;
  readonly code: string | undefined;
  readonly responseCode: number | undefined;

  constructor(
    message: string,
    { isUnavailable, code, responseCode }: Pick<MailServerError, 'isUnavailable' | 'code' | 'responseCode'>,
  ) {
    super(message);
    this.isUnavailable = isUnavailable;
    this.code = code;
    this.responseCode = responseCode;
  }
}

interface BreakerParts {
  readonly log: Log;
  readonly probeEveryMs: number;
  /** Called when a mail should be tried, and when all can be sent again. */
  readonly wake: () => void;
}

/** What the outcomes of mails say about the mail server. */
export type MailServerBreaker = ReturnType<typeof mailServerBreaker>;

/**
 * A circuit breaker. It opens when the mail server is unavailable, or when different mails fail one after another. While
 * it is open, one mail is tried every `probeEveryMs`, also beside one that the server does not answer; the others wait. The
 * first answer that concerns a mail closes it. The log gets a line at both, and one every five seconds in between.
 */
export const mailServerBreaker = ({ log, probeEveryMs, wake }: BreakerParts) => {
  let failed = new Set<string>();
  let outage: { readonly since: number; loggedAt: number; tries: number } | undefined;
  let isProbeDue = false;
  let timer: NodeJS.Timeout | undefined;

  const probe = (): void => {
    isProbeDue = true;
    wake();
  };
  const open = (error: MailServerError): void => {
    const now = performance.now();
    outage = { since: now, loggedAt: now, tries: 1 };
    timer = setInterval(probe, probeEveryMs);
    log.error(
      { reason: error.message },
      'the mail server does not work: mails wait in the outbox, one is tried at a time',
    );
  };
  const countTry = (ongoing: NonNullable<typeof outage>, error: MailServerError): void => {
    const now = performance.now();
    ongoing.tries += 1;
    if (now - ongoing.loggedAt < LOG_EVERY_MS) return;
    ongoing.loggedAt = now;
    log.warn({ reason: error.message, tries: ongoing.tries }, 'the mail server still does not work');
  };
  return {
    isOpen: (): boolean => outage !== undefined,
    /** How many mails may be claimed now, `batch` at most. */
    claimable: (batch: number): number => {
      if (outage === undefined) return batch;
      const count = isProbeDue ? 1 : 0;
      isProbeDue = false;
      return count;
    },
    /** The mail that was claimed as a probe was not sent to the server, so another one may be claimed. */
    notTried: (): void => {
      if (outage !== undefined) probe();
    },
    /** The server accepted a mail or refused it permanently. */
    answered: (): void => {
      failed = new Set();
      if (outage === undefined) return;
      clearInterval(timer);
      const awaySeconds = Math.round((performance.now() - outage.since) / 1000);
      log.info({ awaySeconds, tries: outage.tries }, 'the mail server works again: the mails that wait are sent');
      outage = undefined;
      wake();
    },
    /** Returns whether the failure is the server's; otherwise it is the mail's. */
    failed: (id: string, error: MailServerError): boolean => {
      if (outage !== undefined) countTry(outage, error);
      else if (error.isUnavailable || failed.add(id).size >= FAILED_MAILS) open(error);
      return outage !== undefined;
    },
    close: (): void => clearInterval(timer),
  };
};
