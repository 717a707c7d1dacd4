import { setTimeout as pause } from 'node:timers/promises';
import { type Job, Worker } from 'bullmq';
import { type Backend, queueName, redisKeyPrefix } from './backend.ts';
import { openBackend } from './open-backend.ts';
import type { Connected, WorkerOptions } from './queue-options.ts';
import { rejectingWithoutSecrets, reportingWithoutSecrets } from './without-secrets.ts';
import { toError } from './to-error.ts';
import { type Deliver, trackJobs } from './track-jobs.ts';
import { within } from './within.ts';

/**
 * A worker that was killed cannot give its jobs back: their lock has to run out, and of two sweeps the first marks
 * them and the second frees them. With these numbers that takes ten seconds at most. They must stay well above the
 * pauses of a busy event loop, else a job runs twice at the same time.
 */
const recovery = { lockDuration: 5_000, stalledInterval: 2_500, maxStalledCount: 10 };

/** How long an idle worker waits for a notification before it looks by itself, in seconds. */
const drainDelay = 5;
const retryAfterMs = 1_000;

/** How long BullMQ may take to give its connections back, once no job runs any more. */
const closeTimeoutMs = 3_000;

const createWorker = (backend: Backend, options: WorkerOptions, work: (job: Job) => Promise<void>) => {
  const worker = new Worker(
    queueName,
    work,
    {
      connection: {},
      prefix: redisKeyPrefix,
      autorun: false,
      concurrency: options.concurrency ?? 10,
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
 * Works on the queue until it is closed: calls `deliver` with each outbox id, at least once, and again after the
 * process that ran it was killed. Survives any outage of the backend, from the first moment on. What `deliver` throws
 * goes to `onError` and ends the job: whether it is tried again is decided by the outbox.
 * `close` takes no new jobs, waits for the running ones, and resolves a few seconds later even if the backend is away.
 */
export const startMailWorker = (configured: WorkerOptions, deliver: Deliver): Connected => {
  const options = reportingWithoutSecrets(configured);
  const backend = openBackend(options, 'worker');
  const closing = new AbortController();
  const jobs = trackJobs(deliver, options);
  let worker: ReturnType<typeof createWorker> | undefined;

  const run = async (): Promise<void> => {
    while (!closing.signal.aborted) {
      worker = createWorker(backend, options, jobs.work);
      try {
        await worker.waitUntilReady();
        await worker.run();
      } catch (error) {
        // BullMQ remembers a failed start for ever: begin again with a new worker.
        await worker.close();
        if (!closing.signal.aborted) options.onError(toError(error));
        await pause(retryAfterMs, undefined, { signal: closing.signal }).catch(() => undefined);
      }
    }
  };
  void run();
  return {
    ping: () => rejectingWithoutSecrets(backend.reach()),
    close: async () => {
      closing.abort();
      const closed = worker?.close() ?? Promise.resolve();
      await Promise.race([closed, jobs.allDone()]);
      await within(closeTimeoutMs, closed).catch(() => undefined);
      await within(closeTimeoutMs, backend.close()).catch(() => undefined);
    },
  };
};
