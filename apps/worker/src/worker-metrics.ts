import { type AuthDeps, type DeliveryOutcome, outboxStatus } from '@moonlight/auth';
import { MAIL_KINDS } from '@moonlight/contracts';
import type { Runtime } from '@moonlight/runtime';
import { registerRuntimeMetrics } from '@moonlight/runtime/metrics';
import { Counter, Gauge, Registry } from 'prom-client';

const OUTCOMES: readonly DeliveryOutcome[] = ['sent', 'skipped', 'postponed', 'refused', 'expired'];

// Prometheus gives up after ten seconds.
const READING_TIMEOUT_MS = 2000;

type Read = <T>(reading: Promise<T>) => Promise<T | undefined>;

/** A reading that fails or takes long must not fail the scrape: during an outage the other metrics are needed most. */
const within =
  (timeoutMs: number): Read =>
  async <T>(reading: Promise<T>) => {
    const { promise: late, resolve } = Promise.withResolvers<undefined>();
    const timer = setTimeout(() => resolve(undefined), timeoutMs);
    try {
      return await Promise.race([reading.catch(() => undefined), late]);
    } finally {
      clearTimeout(timer);
    }
  };

const outboxMetrics = ({ db, clock }: Pick<AuthDeps, 'db' | 'clock'>, read: Read): Gauge[] => {
  // A scrape collects all metrics at the same time, so both gauges share one query. It reads the unfinished mails only.
  let reading: ReturnType<typeof outboxStatus> | undefined;
  const status = () => read((reading ??= outboxStatus({ db }).finally(() => (reading = undefined))));
  return [
    new Gauge({
      name: 'outbox_oldest_pending_seconds',
      help: 'How long the oldest pending mail has been waiting; NaN while PostgreSQL does not answer.',
      registers: [],
      async collect() {
        const rows = await status();
        const oldest = rows === undefined ? Number.NaN : Math.min(...rows.map((row) => row.oldest));
        this.set(oldest === Infinity ? 0 : (clock.now().getTime() - oldest) / 1000);
      },
    }),
    new Gauge({
      name: 'outbox_mails',
      help: 'Unfinished mails in the outbox, by state and kind. mail_deliveries_total counts finished ones.',
      labelNames: ['state', 'kind'],
      registers: [],
      async collect() {
        const rows = await status();
        this.reset();
        for (const { state, kind, count } of rows ?? []) this.set({ state, kind }, count);
      },
    }),
  ];
};

const queueMetric = (depth: Runtime['queueDepth'], read: Read): Gauge =>
  new Gauge({
    name: 'mail_queue_jobs',
    help: 'Notifications in the queue, by state; none while the queue does not answer. The mails are in outbox_mails.',
    labelNames: ['state'],
    registers: [],
    async collect() {
      const counts = await read(depth());
      this.reset();
      if (counts === undefined) return;
      this.set({ state: 'waiting' }, counts.waiting);
      this.set({ state: 'active' }, counts.active);
    },
  });

/**
 * The worker's Prometheus metrics: delivery attempts by outcome and kind, unfinished mails by state and kind, the age of
 * the oldest pending mail, and the notifications in the queue.
 */
export const workerMetrics = (
  { auth, status, queueDepth }: Pick<Runtime, 'auth' | 'status' | 'queueDepth'>,
  readingTimeoutMs = READING_TIMEOUT_MS,
) => {
  const read = within(readingTimeoutMs);
  const registry = new Registry();
  registerRuntimeMetrics(registry, status);
  const deliveries = new Counter({
    name: 'mail_deliveries_total',
    help: 'Attempts to deliver a mail, by outcome and kind.',
    labelNames: ['outcome', 'kind'],
    registers: [registry],
  });
  for (const outcome of OUTCOMES) for (const kind of MAIL_KINDS) deliveries.inc({ outcome, kind }, 0);
  for (const metric of [...outboxMetrics(auth.deps, read), queueMetric(queueDepth, read)])
    registry.registerMetric(metric);
  return { registry, count: (outcome: DeliveryOutcome, kind: string) => deliveries.inc({ outcome, kind }) };
};
