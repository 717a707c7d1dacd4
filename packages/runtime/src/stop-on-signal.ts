import type { Logger } from 'pino';

// A process ends by itself when nothing is left to do, and its last log lines are written. Timers of libraries can keep it
// alive for a minute, for example BullMQ's after its Redis was away.
const END_AFTER_MS = 500;

// In a terminal, npm passes on the Ctrl-C that the process itself also gets.
const SAME_SIGNAL_MS = 200;

interface Stopping {
  readonly log: Logger;
  /** The last thing that the log says about the work in progress. */
  readonly message: string;
  /** The process ends after this time, even if `stop` is still running. */
  readonly limitSeconds: number;
  /** Finishes the work in progress and closes connections. */
  readonly stop: () => Promise<void>;
}

/**
 * On the first SIGINT or SIGTERM runs `stop`, and then ends the process with exit code 0: when `stop` has settled, and when
 * `limitSeconds` have passed at the latest. A server that does not answer keeps no process alive. A second signal ends it at
 * once, with exit code 1.
 */
export const stopOnSignal = ({ log, message, limitSeconds, stop }: Stopping): void => {
  const end = () => process.exit(0);
  let stoppedAt: number | undefined;
  const onSignal = async (signal: string): Promise<void> => {
    if (stoppedAt !== undefined) {
      if (performance.now() - stoppedAt >= SAME_SIGNAL_MS) process.exit(1);
      return;
    }
    stoppedAt = performance.now();
    log.info({ signal }, message);
    setTimeout(() => {
      log.warn({ limitSeconds }, 'connections did not close in time; the process ends without them');
      end();
    }, limitSeconds * 1000).unref();
    await stop().catch((error: unknown) => log.warn({ err: error }, 'a connection could not be closed'));
    setTimeout(end, END_AFTER_MS).unref();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void onSignal(signal));
};
