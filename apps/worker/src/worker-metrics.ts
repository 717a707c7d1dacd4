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
  const oldest = new Gauge({
    name: 'outbox_oldest_pending_seconds',
    help: 'How long the oldest pending mail has been waiting.',
    registers: [registry],
  });
  registry.registerMetric(
    new Gauge({
      name: 'outbox_mails',
      help: 'Mails in the outbox, by state.',
      labelNames: ['state'],
      registers: [],
      // One query sets both gauges when the metrics are read.
      async collect() {
        const rows = await outboxStatus(db);
        this.reset();
        for (const { state, count } of rows) this.set({ state }, count);
        const pending = rows.find(({ state }) => state === 'pending');
        oldest.set(pending === undefined ? 0 : (clock.now().getTime() - pending.oldest) / 1000);
      },
    }),
  );
  return { registry, count: (outcome: DeliveryOutcome) => deliveries.inc({ outcome }) };
};
