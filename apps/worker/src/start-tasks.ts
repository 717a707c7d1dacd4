import { setTimeout as pause } from 'node:timers/promises';
import {
  type AuthDeps,
  cleanUp,
  eraseDueAccounts,
  type Log,
  type MailDelivery,
  rotateSigningKeys,
  sendHeldNotices,
} from '@moonlight/auth';
import type { Config } from '@moonlight/config';

interface Task {
  readonly name: string;
  /** The pause between two runs. */
  readonly everySeconds: number;
  readonly run: (signal: AbortSignal) => Promise<unknown>;
}

interface TaskParts extends Pick<MailDelivery, 'drain'> {
  readonly deps: AuthDeps;
  readonly config: Config;
  readonly log: Log;
}

const tasksOf = ({ deps, drain, config: { tokens } }: TaskParts): Task[] => {
  const rotation = { db: deps.db, random: deps.random, sealingKeys: deps.secrets.signingKey };
  const rotate = () => rotateSigningKeys(rotation, deps.clock.now());
  return [
    { name: 'relay', everySeconds: 2, run: drain },
    { name: 'held-notices', everySeconds: 60, run: (signal) => sendHeldNotices(deps, signal) },
    { name: 'erasure', everySeconds: 60, run: (signal) => eraseDueAccounts(deps, signal) },
    { name: 'clean-up', everySeconds: 600, run: (signal) => cleanUp(deps, signal) },
    ...(tokens.algorithm === 'ES256' ? [{ name: 'key-rotation', everySeconds: 3600, run: rotate }] : []),
  ];
};

const repeat = async ({ name, everySeconds, run }: Task, signal: AbortSignal, log: Log): Promise<void> => {
  while (!signal.aborted) {
    try {
      await run(signal);
    } catch (error) {
      log.warn({ err: error, task: name }, 'a task failed and will be repeated');
    }
    await pause(everySeconds * 1000, undefined, { signal }).catch(() => undefined);
  }
};

/**
 * Starts the repeated tasks: sending mails that are due to be tried again or whose notification was lost, merging notices
 * that were held back, erasing accounts whose deletion is due, deleting expired rows and, for ES256, rotating the signing keys.
 * Each runs at once and then again after a pause; an error is logged. The returned function stops them and resolves when
 * the current runs have finished.
 */
export const startTasks = (parts: TaskParts): (() => Promise<void>) => {
  const stopping = new AbortController();
  const running = tasksOf(parts).map((task) => repeat(task, stopping.signal, parts.log));
  return async () => {
    stopping.abort();
    await Promise.all(running);
  };
};
