import { setTimeout as pause } from 'node:timers/promises';
import { Worker } from 'bullmq';
import { type Backend, type Connected, openBackend, queueName, type QueueOptions, redisKeyPrefix } from './backend.ts';
import { rejectWithoutSecrets, reportWithoutSecrets, toError, withTimeout } from './failures.ts';

type Drain = () => Promise<void>;

/**
 * A killed worker cannot return its job, and until it is found, notifications wait behind it; the relay sends their mails
 * meanwhile. These numbers, in milliseconds, keep an idle worker quiet.
 */
const recovery = { lockDuration: 30_000, stalledInterval: 30_000, maxStalledCount: 10 };

/** How long an idle worker waits for a notification before it looks for jobs itself, in seconds. The relay looks sooner. */
const drainDelay = 60;
const retryAfterMs = 1_000;

/** How long BullMQ may take to release its connections after the last job has finished. */
const closeTimeoutMs = 3_000;

/** Runs jobs and knows when none is running: BullMQ knows too, but does not say so while its backend does not answer. */
const trackJobs = (drain: Drain, options: QueueOptions) => {
  let running: Promise<void> | undefined;
  const run = async (): Promise<void> => {
    try {
      await drain();
    } catch (error) {
      options.onError(toError(error));
    }
  };
  return {
    process: (): Promise<void> => (running = run()),
    allDone: async (): Promise<void> => running,
  };
};

const createWorker = (backend: Backend, options: QueueOptions, process: () => Promise<void>) => {
  const worker = new Worker(
    queueName,
    process,
    {
      connection: {},
      prefix: redisKeyPrefix,
      autorun: false,
      drainDelay,
      runRetryDelay: retryAfterMs,
      ...recovery,
    },
    backend.factory,
  );
  worker.on('error', (error) => options.onError(error));
  return worker;
};

/**
 * Calls `drain` after each notification until it is closed, and once more if a notification arrives meanwhile. Jobs of the
 * release before, which name a mail, do the same. Survives any outage of the backend, also one at the start. An error of
 * `drain` goes to `onError`.
 * `close` takes no new jobs, waits for the running one, and then resolves within a few seconds even if the backend does
 * not answer.
 */
export const startMailWorker = (configured: QueueOptions, drain: Drain): Connected => {
  const options = reportWithoutSecrets(configured);
  const backend = openBackend(options, 'worker');
  const closing = new AbortController();
  const jobs = trackJobs(drain, options);
  let worker: ReturnType<typeof createWorker> | undefined;

  const run = async (): Promise<void> => {
    while (!closing.signal.aborted) {
      worker = createWorker(backend, options, jobs.process);
      try {
        await worker.waitUntilReady();
        await worker.run();
      } catch (error) {
        // BullMQ never retries a failed start, so start a new worker.
        await worker.close();
        if (!closing.signal.aborted) options.onError(toError(error));
        await pause(retryAfterMs, undefined, { signal: closing.signal }).catch(() => undefined);
      }
    }
  };
  void run();
  return {
    ping: () => rejectWithoutSecrets(backend.ping()),
    close: async () => {
      closing.abort();
      const closed = worker?.close() ?? Promise.resolve();
      await Promise.race([closed, jobs.allDone()]);
      await withTimeout(closeTimeoutMs, closed).catch(() => undefined);
      await withTimeout(closeTimeoutMs, backend.close()).catch(() => undefined);
    },
  };
};
