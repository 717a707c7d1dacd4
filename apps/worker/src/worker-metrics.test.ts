import { register } from '@moonlight/auth';
import { createTestAuth, testRequest } from '@moonlight/auth/testing';
import { expect, test } from 'vitest';
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

test('a scrape shows the age of the oldest pending mail at that moment, not that of the scrape before', async () => {
  const auth = await createTestAuth();
  try {
    const { registry } = workerMetrics(auth.deps, idle);
    const oldest = async () => valueOf(await registry.metrics(), 'outbox_oldest_pending_seconds');
    expect(await oldest()).toBe(0);
    await register(
      auth.deps,
      { email: 'selene@example.com', username: 'selene', password: 'selene sleeps until nine', locale: 'en' },
      testRequest(),
    );
    auth.clock.advance(120);
    expect(await oldest()).toBe(120);
    auth.clock.advance(30);
    const page = await registry.metrics();
    expect(valueOf(page, 'outbox_oldest_pending_seconds')).toBe(150);
    expect(page).toContain('outbox_mails{state="pending",kind="verification-link"} 1');
    await auth.deps.db.execute("update outbox set state = 'sent'");
    expect(await oldest()).toBe(0);
  } finally {
    await auth.close();
  }
});
