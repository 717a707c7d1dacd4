import { setTimeout as pause } from 'node:timers/promises';

/** Asks again until the answer is yes; the test's own time limit is what ends it otherwise. */
export const until = async (answer: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await answer())) await pause(10);
};
