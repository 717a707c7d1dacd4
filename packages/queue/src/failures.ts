import { setTimeout as pause } from 'node:timers/promises';
import type { QueueOptions } from './backend.ts';

/** How long a backend may take to accept a connection, in milliseconds. */
export const connectTimeoutMs = 2_000;

/** How long a backend may take to answer a command, in milliseconds. */
export const commandTimeoutMs = 3_000;

/** Settles like `promise`, or rejects after `milliseconds`. */
export const withTimeout = async <T>(milliseconds: number, promise: Promise<T>): Promise<T> => {
  const settled = new AbortController();
  const timeout = pause(milliseconds, undefined, { signal: settled.signal }).then(() => {
    throw new Error(`No answer within ${milliseconds} ms`);
  });
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    settled.abort();
  }
};

/** The thrown value itself if it is an Error, else an Error with its text. */
export const toError = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error(String(thrown)));

// ioredis attaches the failed command to the error. A failed login is the error of every call that waited for it, and its
// command contains the password.
const withoutCommand = (failure: Error): Error => {
  if (!('command' in failure)) return failure;
  const clean = new Error(failure.message);
  clean.name = failure.name;
  return clean;
};

/** The same options; the errors passed to `onError` contain no secret and can be logged. */
export const reportWithoutSecrets = <T extends QueueOptions>(options: T): T => ({
  ...options,
  onError: (error: Error) => options.onError(withoutCommand(error)),
});

/** Settles like `promise`; the error it rejects with contains no secret and can be logged. */
export const rejectWithoutSecrets = async <T>(promise: Promise<T>): Promise<T> => {
  try {
    return await promise;
  } catch (error) {
    throw withoutCommand(toError(error));
  }
};
