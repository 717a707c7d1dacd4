import type { MailQueue } from '@moonlight/auth';
import { Queue } from 'bullmq';
import { type Backend, type Connected, openBackend, queueName, type QueueOptions, redisKeyPrefix } from './backend.ts';
import { rejectWithoutSecrets, reportWithoutSecrets } from './failures.ts';

// The outbox row is the only source of truth. A finished job is removed, so that its id can be added again. No code reads
// the event stream, so it is as short as BullMQ allows.
const queueSettings = {
  connection: {},
  prefix: redisKeyPrefix,
  defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
  streams: { events: { maxLen: 100 } },
};

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

const toJob = (outboxId: string) => ({ name: 'deliver', data: { outboxId }, opts: { jobId: outboxId } });

/**
 * The producer's side of the queue. If the backend does not answer, `add` and `ping` reject within about five seconds,
 * and nothing of a rejected call is sent later. An id that is waiting or in progress is not added again.
 */
export const createMailQueue = (configured: QueueOptions): MailQueue & Connected => {
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
  const add = async (outboxIds: readonly string[]): Promise<void> => {
    if (outboxIds.length === 0) return;
    const opened = await queue();
    const jobs = outboxIds.map(toJob);
    // In PostgreSQL, addBulk uses temporary tables: five times the work of one add, and a tenth of the work of many.
    const [only] = jobs;
    if (only !== undefined && jobs.length === 1) await opened.add(only.name, only.data, only.opts);
    else await opened.addBulk(jobs);
  };
  const ping = async (): Promise<void> => {
    await (await queue()).getVersion();
  };
  return {
    add: (outboxIds) => rejectWithoutSecrets(add(outboxIds)),
    ping: () => rejectWithoutSecrets(ping()),
    close: async () => {
      const running = await started?.catch(() => undefined);
      await running?.close();
      await backend.close();
    },
  };
};
