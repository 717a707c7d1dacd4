import { setTimeout as pause } from 'node:timers/promises';

/** The answer, if it comes within so many milliseconds; a rejection otherwise. */
export const within = async <T>(milliseconds: number, answer: Promise<T>): Promise<T> => {
  const answered = new AbortController();
  const late = pause(milliseconds, undefined, { signal: answered.signal }).then(() => {
    throw new Error(`No answer within ${milliseconds} ms`);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    answered.abort();
  }
};
