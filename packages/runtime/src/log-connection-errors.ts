import type { Logger } from 'pino';

const QUIET_MS = 5000;

/**
 * A listener for errors of connections, which are opened again automatically, several times a second during an outage. It
 * logs an error at once, and while the same one repeats, once in five seconds with the number of those left out.
 */
export const logConnectionErrors = (log: Logger, message: string, now: () => number = () => performance.now()) => {
  const seen = new Map<string, { at: number; repeated: number }>();
  return (error: Error): void => {
    const key = 'code' in error ? String(error.code) : error.message;
    const last = seen.get(key);
    if (last !== undefined && now() - last.at < QUIET_MS) {
      last.repeated += 1;
      return;
    }
    // Messages may contain numbers that change; the map must not grow with them.
    if (seen.size >= 100) seen.clear();
    seen.set(key, { at: now(), repeated: 0 });
    log.warn({ err: error, ...(last === undefined ? {} : { repeated: last.repeated }) }, message);
  };
};
