import type { QueueOptions } from './queue-options.ts';
import { toError } from './to-error.ts';

// ioredis hangs the command onto an error, and a failed login is the error of every command that waited for it: its
// command holds the password.
const withoutCommand = (failure: Error): Error => {
  if (!('command' in failure)) return failure;
  const clean = new Error(failure.message);
  clean.name = failure.name;
  return clean;
};

/** The same options, but what is reported can be logged. */
export const reportingWithoutSecrets = <T extends QueueOptions>(options: T): T => ({
  ...options,
  onError: (error: Error) => options.onError(withoutCommand(error)),
});

/** The same answer, but what it rejects with can be logged. */
export const rejectingWithoutSecrets = async <T>(answer: Promise<T>): Promise<T> => {
  try {
    return await answer;
  } catch (error) {
    throw withoutCommand(toError(error));
  }
};
