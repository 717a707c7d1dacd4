import { type AuthDeps, type DeliveryOutcome, outboxStatus } from '@moonlight/auth';
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';

const OUTCOMES: readonly DeliveryOutcome[] = ['sent', 'skipped', 'postponed', 'refused', 'expired'];

/** The worker's Prometheus metrics: delivery attempts by outcome, mails by state, and the age of the oldest pending mail. */
export const workerMetrics = ({ db, clock }: Pick<AuthDeps, 'db' | 'clock'>) => {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const deliveries = new Counter({
    name: 'mail_deliveries_total',
    help: 'Attempts to deliver a mail, by outcome.',
    labelNames: ['outcome'],
    registers: [registry],
  });
  for (const outcome of OUTCOMES) deliveries.inc({ outcome }, 0);
  // A scrape collects all metrics at the same time, so both gauges share one query.
  let reading: ReturnType<typeof outboxStatus> | undefined;
  const status = () => (reading ??= outboxStatus({ db }).finally(() => (reading = undefined)));
  registry.registerMetric(
    new Gauge({
      name: 'outbox_oldest_pending_seconds',
      help: 'How long the oldest pending mail has been waiting.',
      registers: [],
      async collect() {
        const oldest = Math.min(...(await status()).map((row) => row.oldest));
        this.set(oldest === Infinity ? 0 : (clock.now().getTime() - oldest) / 1000);
      },
    }),
  );
  registry.registerMetric(
    new Gauge({
      name: 'outbox_mails',
      help: 'Unfinished mails in the outbox, by state. mail_deliveries_total counts finished ones.',
      labelNames: ['state'],
      registers: [],
      async collect() {
        const rows = await status();
        this.reset();
        for (const { state, count } of rows) this.set({ state }, count);
      },
    }),
  );
  return { registry, count: (outcome: DeliveryOutcome) => deliveries.inc({ outcome }) };
};
