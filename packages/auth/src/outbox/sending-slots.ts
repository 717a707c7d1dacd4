const SLOTS = 10;
const SLOW_MS = 2000;

/** The most mails that one process sends at the same time, those that take long included. */
export const MOST_MAILS_AT_ONCE = 50;

/** How many mails are claimed in one statement. */
export const CLAIM_BATCH = 40;

/**
 * Bounds how many mails are sent at the same time; the others wait. A mail that takes longer than two seconds leaves its slot
 * and goes on beside it, so that mails for which the mail server does not answer delay no others; of these there are at
 * most MOST_MAILS_AT_ONCE.
 */
export const sendingSlots = () => {
  const running = new Set<Promise<void>>();
  const waiting: (() => Promise<void>)[] = [];
  let busy = 0;
  let changed = Promise.withResolvers<void>();

  const hasFreeSlot = () => busy < SLOTS && running.size < MOST_MAILS_AT_ONCE;
  const start = (send: () => Promise<void>): void => {
    busy += 1;
    let hasSlot = true;
    const leave = () => {
      if (hasSlot) busy -= 1;
      hasSlot = false;
      startNext();
    };
    const slow = setTimeout(leave, SLOW_MS);
    const sending = send().finally(() => {
      clearTimeout(slow);
      running.delete(sending);
      leave();
    });
    running.add(sending);
  };
  const startNext = (): void => {
    while (hasFreeSlot()) {
      const send = waiting.shift();
      if (send === undefined) break;
      start(send);
    }
    changed.resolve();
    changed = Promise.withResolvers<void>();
  };
  return {
    /** Starts to send as soon as a slot is free; `send` must not reject. */
    add: (send: () => Promise<void>): void => {
      waiting.push(send);
      startNext();
    },
    /** Resolves when so few mails wait that more should be claimed. */
    needsMore: async (): Promise<void> => {
      while (waiting.length >= SLOTS || running.size >= MOST_MAILS_AT_ONCE) await changed.promise;
    },
    /** Resolves when nothing waits or is being sent. */
    idle: async (): Promise<void> => {
      while (running.size > 0) await Promise.all(running);
    },
  };
};
