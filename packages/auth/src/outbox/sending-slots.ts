const SLOTS = 10;
const SLOW_MS = 2000;

/** The most mails that one process sends at the same time, those that take long included. */
export const MOST_MAILS_AT_ONCE = 50;

/**
 * Bounds how many mails are sent at the same time. A mail that takes longer than two seconds leaves its slot and goes on
 * beside it, so that mails for which the mail server does not answer delay no others; of these there are at most
 * MOST_MAILS_AT_ONCE.
 */
export const sendingSlots = () => {
  const running = new Set<Promise<void>>();
  let busy = 0;
  let changed = Promise.withResolvers<void>();
  const signal = () => {
    changed.resolve();
    changed = Promise.withResolvers<void>();
  };
  const free = () => Math.min(SLOTS - busy, MOST_MAILS_AT_ONCE - running.size);
  return {
    /** Waits until half of the slots are free, so that mails are claimed in batches, and resolves with their number. */
    freeSlots: async (): Promise<number> => {
      while (free() < SLOTS / 2) await changed.promise;
      return free();
    },
    /** Starts to send; `send` must not reject. */
    run: (send: () => Promise<void>): void => {
      busy += 1;
      let hasSlot = true;
      const leave = () => {
        if (hasSlot) busy -= 1;
        hasSlot = false;
        signal();
      };
      const slow = setTimeout(leave, SLOW_MS);
      const sending = send().finally(() => {
        clearTimeout(slow);
        running.delete(sending);
        leave();
      });
      running.add(sending);
    },
    /** Resolves when nothing is being sent. */
    idle: async (): Promise<void> => {
      while (running.size > 0) await Promise.all(running);
    },
  };
};
