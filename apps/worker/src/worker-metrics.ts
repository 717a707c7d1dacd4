import { type AuthDeps, type DeliveryOutcome, outboxStatus } from '@moonlight/auth';
import { MAIL_KINDS } from '@moonlight/contracts';
import { registerRuntimeMetrics, type RuntimeStatus } from '@moonlight/runtime/metrics';
import { Counter, Gauge, Registry } from 'prom-client';

const OUTCOMES: readonly DeliveryOutcome[] = ['sent', 'skipped', 'postponed', 'refused', 'expired'];

/**
 * The worker's Prometheus metrics: delivery attempts by outcome and kind, unfinished mails by state and kind, and the age of
 * the oldest pending mail.
 */
export const workerMetrics = ({ db, clock }: Pick<AuthDeps, 'db' | 'clock'>, status: () => RuntimeStatus) => {
  const registry = new Registry();
  registerRuntimeMetrics(registry, status);
  const deliveries = new Counter({
    name: 'mail_deliveries_total',
    help: 'Attempts to deliver a mail, by outcome and kind.',
    labelNames: ['outcome', 'kind'],
    registers: [registry],
  });
  for (const outcome of OUTCOMES) for (const kind of MAIL_KINDS) deliveries.inc({ outcome, kind }, 0);
  // A scrape collects all metrics at the same time, so both gauges share one query.
  let reading: ReturnType<typeof outboxStatus> | undefined;
  const outboxNow = () => (reading ??= outboxStatus({ db }).finally(() => (reading = undefined)));
  registry.registerMetric(
    new Gauge({
      name: 'outbox_oldest_pending_seconds',
      help: 'How long the oldest pending mail has been waiting.',
      registers: [],
      async collect() {
        const oldest = Math.min(...(await outboxNow()).map((row) => row.oldest));
        this.set(oldest === Infinity ? 0 : (clock.now().getTime() - oldest) / 1000);
      },
    }),
  );
  registry.registerMetric(
    new Gauge({
      name: 'outbox_mails',
      help: 'Unfinished mails in the outbox, by state and kind. mail_deliveries_total counts finished ones.',
      labelNames: ['state', 'kind'],
      registers: [],
      async collect() {
        const rows = await outboxNow();
        this.reset();
        for (const { state, kind, count } of rows) this.set({ state, kind }, count);
      },
    }),
  );
  return { registry, count: (outcome: DeliveryOutcome, kind: string) => deliveries.inc({ outcome, kind }) };
};
