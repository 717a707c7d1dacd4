import { randomUUID } from 'node:crypto';
import type { MailQueue } from '@moonlight/auth';
import { Queue } from 'bullmq';
import { type Backend, type Connected, openBackend, queueName, type QueueOptions, redisKeyPrefix } from './backend.ts';
import { coalesce } from './coalesce.ts';
import { rejectWithoutSecrets, reportWithoutSecrets } from './failures.ts';

// The outbox is the only source of truth, and a job only a notification, so a finished one is removed. No code reads
// the event stream, so it is as short as BullMQ allows.
const queueSettings = {
  connection: {},
  prefix: redisKeyPrefix,
  defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
  streams: { events: { maxLen: 100 } },
};

/** The pause between two notifications of a process; those of a busy moment become one. */
const notifyPauseMs = 50;

/** The notifications in the queue. The mails themselves are in the outbox. */
export interface QueueDepth {
  readonly waiting: number;
  /** Those that a worker has taken. */
  readonly active: number;
}

const openQueue = async (backend: Backend, options: QueueOptions) => {
  await backend.ping();
  const queue = new Queue(queueName, queueSettings, backend.factory);
  queue.on('error', (error) => options.onError(error));
  try {
    await queue.waitUntilReady();
    return queue;
  } catch (error) {
    await queue.close();
    throw error;
  }
};

/**
 * The producer's side of the queue. `notify` adds the job that makes a worker send the mails that are due; as long as it
 * waits there is only one, and one more follows if a worker is busy with it. If the backend does not answer, `ping` rejects
 * within about five seconds and `notify` within ten, and nothing of a rejected call is sent later. `depth` rejects as
 * `ping` does.
 */
export const createMailQueue = (configured: QueueOptions): MailQueue & Connected & { depth(): Promise<QueueDepth> } => {
  const options = reportWithoutSecrets(configured);
  const backend = openBackend(options, 'producer');
  let started: ReturnType<typeof openQueue> | undefined;
  const queue = (): ReturnType<typeof openQueue> => {
    // BullMQ never retries a failed start, so a queue that did not start is discarded.
    started ??= openQueue(backend, options).catch((error: unknown) => {
      started = undefined;
      throw error;
    });
    return started;
  };
  const addJob = async (): Promise<void> => {
    // A worker of the release before takes the id for that of an outbox row; it finds none, and removes the job.
    const jobId = randomUUID();
    await (await queue()).add('drain', {}, { jobId, deduplication: { id: 'drain', keepLastIfActive: true } });
  };
  const ping = async (): Promise<void> => {
    await (await queue()).getVersion();
  };
  const depth = async (): Promise<QueueDepth> => {
    const { wait = 0, active = 0 } = await (await queue()).getJobCounts('wait', 'active');
    return { waiting: wait, active };
  };
  return {
    depth: () => rejectWithoutSecrets(depth()),
    notify: coalesce(() => rejectWithoutSecrets(addJob()), notifyPauseMs),
    ping: () => rejectWithoutSecrets(ping()),
    close: async () => {
      const running = await started?.catch(() => undefined);
      await running?.close();
      await backend.close();
    },
  };
};
