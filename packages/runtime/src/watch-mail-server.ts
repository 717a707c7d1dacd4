import { setTimeout as pause } from 'node:timers/promises';
import type { MailSettings } from '@moonlight/config';
import type { Logger } from 'pino';

const ANSWER_TIMEOUT_MS = 5000;
const KEPT_MS = 15_000;

interface Watched {
  readonly mail: Pick<MailSettings, 'host' | 'port'>;
  readonly log: Logger;
  /** Connects to the mail server and logs in; rejects with an error that may be logged. */
  readonly verify: () => Promise<void>;
  /** Milliseconds; replaced by a test. */
  readonly now?: () => number;
}

const withinTimeout = async (answer: Promise<void>): Promise<void> => {
  const settled = new AbortController();
  const timeout = pause(ANSWER_TIMEOUT_MS, undefined, { signal: settled.signal }).then(() => {
    throw new Error(`no answer within ${ANSWER_TIMEOUT_MS / 1000} s`);
  });
  try {
    await Promise.race([answer, timeout]);
  } finally {
    settled.abort();
  }
};

/**
 * Returns a function that resolves with whether the mail server can be reached and accepts the login, within 5 s. It asks
 * once in 15 s at most, so that health probes are no load for the mail server. Each change is logged in one line.
 */
export const watchMailServer = ({ mail, log, verify, now = () => performance.now() }: Watched) => {
  let wasReachable = true;
  let known: { readonly at: number; readonly isReachable: Promise<boolean> } | undefined;

  const ask = async (): Promise<boolean> => {
    try {
      await withinTimeout(verify());
      if (!wasReachable) log.info(`the mail server at ${mail.host}:${mail.port} answers again`);
      wasReachable = true;
    } catch (error) {
      const reason = error instanceof Error ? error.message : typeof error;
      if (wasReachable)
        log.error(
          `MAIL_SERVER (or SMTP_HOST): the mail server at ${mail.host}:${mail.port} cannot be used (${reason}); mails wait in the outbox`,
        );
      wasReachable = false;
    }
    return wasReachable;
  };
  return (): Promise<boolean> => {
    if (known === undefined || now() - known.at >= KEPT_MS) known = { at: now(), isReachable: ask() };
    return known.isReachable;
  };
};
