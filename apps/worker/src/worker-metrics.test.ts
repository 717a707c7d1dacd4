import { register } from '@moonlight/auth';
import { createTestAuth, type TestAuth, testRequest } from '@moonlight/auth/testing';
import { transaction } from '@moonlight/db';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { workerMetrics } from './worker-metrics.ts';

const idle = () => ({
  pool: { total: 0, idle: 0, waiting: 0 },
  hashing: { running: 0, waiting: 0 },
  tokenCache: { hits: 0, misses: 0 },
  areLimitsInMemory: false,
});

const valueOf = (page: string, metric: string): number =>
  Number(
    page
      .split('\n')
      .find((line) => line.startsWith(`${metric} `))
      ?.slice(metric.length),
  );

let auth: TestAuth;
let metrics: ReturnType<typeof workerMetrics>;
let queueDepth = async () => ({ waiting: 1, active: 2 });
beforeAll(async () => {
  auth = await createTestAuth();
  metrics = workerMetrics({ auth, status: idle, queueDepth: () => queueDepth() }, 500);
});
afterAll(() => auth.close());

const page = () => metrics.registry.metrics();

test('a scrape shows the age of the oldest pending mail at that moment, not that of the scrape before', async () => {
  const oldest = async () => valueOf(await page(), 'outbox_oldest_pending_seconds');
  expect(await oldest()).toBe(0);
  await register(
    auth.deps,
    { email: 'selene@example.com', username: 'selene', password: 'selene sleeps until nine', locale: 'en' },
    testRequest(),
  );
  auth.clock.advance(120);
  expect(await oldest()).toBe(120);
  auth.clock.advance(30);
  const pending = await page();
  expect(valueOf(pending, 'outbox_oldest_pending_seconds')).toBe(150);
  expect(pending).toContain('outbox_mails{state="pending",kind="verification-link"} 1');
  await auth.deps.db.execute("update outbox set state = 'sent'");
  expect(await oldest()).toBe(0);
});

test('attempts are counted by outcome and kind, from 0 on', async () => {
  const sent = 'mail_deliveries_total{outcome="sent",kind="reset-link"}';
  expect(valueOf(await page(), sent)).toBe(0);
  metrics.count('sent', 'reset-link');
  expect(valueOf(await page(), sent)).toBe(1);
});

test('a reading that takes long is left out of the scrape', async () => {
  queueDepth = () => new Promise<never>(() => undefined);
  const during = await transaction(auth.deps.db, async (tx) => {
    await tx.execute('lock table outbox');
    return page();
  });
  expect(valueOf(during, 'outbox_oldest_pending_seconds')).toBe(Number.NaN);
  expect(during).toContain('mail_deliveries_total{outcome="sent"');
  queueDepth = async () => ({ waiting: 1, active: 2 });
});

test('while PostgreSQL or the queue does not answer, the other metrics are still shown', async () => {
  expect(await page()).toContain('mail_queue_jobs{state="active"} 2');
  await auth.deps.db.execute('alter table outbox rename to elsewhere');
  queueDepth = () => Promise.reject(new Error('no connection'));
  const during = await page();
  expect(valueOf(during, 'outbox_oldest_pending_seconds')).toBe(Number.NaN);
  expect(during).not.toMatch(/^(?:mail_queue_jobs|outbox_mails)\{/m);
  expect(during).toContain('mail_deliveries_total{outcome="sent"');
});
