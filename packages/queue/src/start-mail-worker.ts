import { setTimeout as pause } from 'node:timers/promises';
import { type Job, Worker } from 'bullmq';
import { type Backend, type Connected, openBackend, queueName, redisKeyPrefix, type WorkerOptions } from './backend.ts';
import { rejectWithoutSecrets, reportWithoutSecrets, toError, withTimeout } from './failures.ts';

type Deliver = (outboxId: string) => Promise<void>;

/**
 * A worker that was killed cannot return its jobs: their lock must expire, then one sweep marks them and the next one
 * releases them. With these numbers that takes ten seconds at most. They must stay well above the delays of a busy event
 * loop, else a job runs twice at the same time.
 */
const recovery = { lockDuration: 5_000, stalledInterval: 2_500, maxStalledCount: 10 };

/** How long an idle worker waits for a notification before it looks for jobs itself, in seconds. */
const drainDelay = 5;
const retryAfterMs = 1_000;

/** How long BullMQ may take to release its connections after the last job has finished. */
const closeTimeoutMs = 3_000;

/** Runs jobs and knows when none is running: BullMQ knows too, but does not say so while its backend does not answer. */
const trackJobs = (deliver: Deliver, options: WorkerOptions) => {
  const running = new Set<Promise<void>>();
  const run = async (outboxId: string): Promise<void> => {
    try {
      await deliver(outboxId);
    } catch (error) {
      options.onError(toError(error));
    }
  };
  return {
    process: async (job: Job): Promise<void> => {
      const work = run(String(job.id));
      running.add(work);
      await work;
      running.delete(work);
    },
    allDone: async (): Promise<void> => {
      while (running.size > 0) await Promise.all(running);
    },
  };
};

const createWorker = (backend: Backend, options: WorkerOptions, process: (job: Job) => Promise<void>) => {
  const worker = new Worker(
    queueName,
    process,
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
 * Processes the queue until it is closed: calls `deliver` with each outbox id at least once, and again if the process that
 * ran it was killed. Survives any outage of the backend, also one at the start. An error of `deliver` goes to `onError`
 * and ends the job: the outbox decides whether to retry.
 * `close` takes no new jobs, waits for the running ones, and then resolves within a few seconds even if the backend does
 * not answer.
 */
export const startMailWorker = (configured: WorkerOptions, deliver: Deliver): Connected => {
  const options = reportWithoutSecrets(configured);
  const backend = openBackend(options, 'worker');
  const closing = new AbortController();
  const jobs = trackJobs(deliver, options);
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
