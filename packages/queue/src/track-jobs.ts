import type { Job } from 'bullmq';
import type { QueueOptions } from './queue-options.ts';
import { toError } from './to-error.ts';

export type Deliver = (outboxId: string) => Promise<void>;

/** Runs jobs, and knows when none is running: BullMQ knows as well, but does not tell while its backend is away. */
export const trackJobs = (deliver: Deliver, options: QueueOptions) => {
  const running = new Set<Promise<void>>();
  const run = async (outboxId: string): Promise<void> => {
    try {
      await deliver(outboxId);
    } catch (error) {
      options.onError(toError(error));
    }
  };
  return {
    work: async (job: Job): Promise<void> => {
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
