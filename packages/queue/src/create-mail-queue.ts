import type { MailQueue } from '@moonlight/auth';
import { Queue } from 'bullmq';
import { type Backend, queueName, redisKeyPrefix } from './backend.ts';
import { openBackend } from './open-backend.ts';
import type { Connected, QueueOptions } from './queue-options.ts';
import { rejectingWithoutSecrets, reportingWithoutSecrets } from './without-secrets.ts';

// The outbox row is the truth: a job leaves no trace, so that its id can be added again. Nobody reads the event
// stream either; it is kept as short as BullMQ allows.
const queueSettings = {
  connection: {},
  prefix: redisKeyPrefix,
  defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
  streams: { events: { maxLen: 100 } },
};

const openQueue = async (backend: Backend, options: QueueOptions) => {
  await backend.reach();
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
 * The producer's end of the queue. `add` and `ping` reject within about five seconds when the backend is away, and
 * nothing is sent later on behalf of a call that was rejected. An id that is waiting or being worked on is not added twice.
 */
export const createMailQueue = (configured: QueueOptions): MailQueue & Connected => {
  const options = reportingWithoutSecrets(configured);
  const backend = openBackend(options, 'producer');
  let started: ReturnType<typeof openQueue> | undefined;
  const queue = (): ReturnType<typeof openQueue> => {
    // BullMQ remembers a failed start for ever, so a queue that did not start is thrown away.
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
    // In PostgreSQL a bulk goes through temporary tables: five times the work of one job, a tenth of that of many.
    const [only] = jobs;
    if (only !== undefined && jobs.length === 1) await opened.add(only.name, only.data, only.opts);
    else await opened.addBulk(jobs);
  };
  const ping = async (): Promise<void> => {
    await (await queue()).getVersion();
  };
  return {
    add: (outboxIds) => rejectingWithoutSecrets(add(outboxIds)),
    ping: () => rejectingWithoutSecrets(ping()),
    close: async () => {
      const running = await started?.catch(() => undefined);
      await running?.close();
      await backend.close();
    },
  };
};
