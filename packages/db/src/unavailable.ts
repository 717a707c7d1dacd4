/** PostgreSQL gave this process no connection: it does not answer, refuses, or too many calls wait for one. */
export class DatabaseUnavailableError extends Error {
  override readonly name = 'DatabaseUnavailableError';
  /** That of the cause, such as ECONNREFUSED or 53300. */
  readonly code: string | undefined;

  constructor(message: string, cause?: Error) {
    super(message, { cause });
    if (cause !== undefined && 'code' in cause && typeof cause.code === 'string') this.code = cause.code;
  }
}

// https://www.postgresql.org/docs/current/errcodes-appendix.html
const UNAVAILABLE = new Set([
  '25006', // The server became read-only: another one is the primary now.
  '57014', // The statement was cancelled because it took too long.
  '57P01', // The server stops,
  '57P02', // has crashed,
  '57P03', // or is starting.
]);
// Connections that fail (08), and resources that have run out (53): disk, memory, connections.
const UNAVAILABLE_CLASS = /^(?:08|53)...$/;

// Errors of sockets, such as ECONNRESET. They look like those of other connections, such as to Redis.
const lost = new WeakSet<Error>();

/** Remembers that an error, which running statements are rejected with, is the end of a connection. */
export const markLost = (error: Error): void => void lost.add(error);

const READ_TIMEOUT = 'Query read timeout';
// The driver's own errors have neither a class nor a code.
const DRIVER_MESSAGE =
  /^(?:Query read timeout|Connection terminated|Client (?:was closed|has encountered a connection))/;

/** The error, or the first of its causes, that passes `test`; Drizzle keeps the driver's error as the cause. */
const find = (error: unknown, test: (error: Error, code: string) => boolean): Error | undefined => {
  for (let current = error, depth = 0; current instanceof Error && depth < 5; current = current.cause, depth += 1)
    if (test(current, 'code' in current ? String(current.code) : '')) return current;
  return undefined;
};

/** Of an error and its causes, the one that says that PostgreSQL is unavailable (see `isDatabaseUnavailable`). */
export const unavailability = (error: unknown): Error | undefined =>
  find(
    error,
    (current, code) =>
      current instanceof DatabaseUnavailableError ||
      UNAVAILABLE.has(code) ||
      UNAVAILABLE_CLASS.test(code) ||
      lost.has(current) ||
      DRIVER_MESSAGE.test(current.message),
  );

/**
 * Whether a call failed because PostgreSQL cannot serve it now, so that the same call can succeed later: no connection in
 * time, a connection that broke or stayed silent, or a server that refuses work. If a commit failed so, it is not known whether
 * it took effect.
 */
export const isDatabaseUnavailable = (error: unknown): boolean => unavailability(error) !== undefined;

/** Whether an error says that the connections opened so far lead to a server that is gone, or no longer the primary. */
export const isStaleServer = (error: unknown): boolean =>
  find(error, ({ message }, code) => code === '25006' || message === READ_TIMEOUT) !== undefined;

/** Whether a statement was refused because an earlier one of its transaction failed. */
export const hasFailedBefore = (error: unknown): boolean =>
  find(error, (_current, code) => code === '25P02') !== undefined;
