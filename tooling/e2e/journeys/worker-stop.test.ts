import { startFaultySmtp } from '@moonlight/email/testing';
import { type FaultyProxy, type RunningRedis, startFaultyProxy, startRedis } from '@moonlight/redis/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../src/concurrency.ts';
import { register } from '../src/people.ts';
import type { RunningApp } from '../src/run-app.ts';
import { type Env, type Stack, startStack } from '../src/start-stack.ts';

// Docker kills a process that takes longer.
const LIMIT_SECONDS = 10;

let stack: Stack;
let redis: RunningRedis;
const proxies: FaultyProxy[] = [];
beforeAll(async () => {
  [stack, redis] = await Promise.all([startStack({ workers: 0 }), startRedis()]);
});
afterAll(async () => {
  await stack.close();
  for (const proxy of proxies) await proxy.close();
  await redis.stop();
});

const proxyTo = async (url: string): Promise<FaultyProxy> => {
  const proxy = await startFaultyProxy(url);
  proxies.push(proxy);
  return proxy;
};

/** Stops a worker; resolves with the seconds that it took, and rejects if its exit code was not 0. */
const secondsToStop = async (worker: RunningApp): Promise<number> => {
  const started = performance.now();
  await worker.stop();
  return (performance.now() - started) / 1000;
};

interface Outage {
  /** The server that is away, behind a proxy. */
  readonly server: () => string;
  readonly env: (url: string) => Env;
  readonly fault: (proxy: FaultyProxy) => unknown;
}
const outages: Readonly<Record<string, Outage>> = {
  'refuses connections to Redis': {
    server: () => redis.url,
    env: (url) => ({ REDIS_URL: url }),
    fault: (proxy) => proxy.sever(),
  },
  'gets no answer from Redis': {
    server: () => redis.url,
    env: (url) => ({ REDIS_URL: url }),
    fault: (proxy) => proxy.freeze(),
  },
  'refuses connections to PostgreSQL': {
    server: () => stack.databaseUrl,
    env: (url) => ({ DATABASE_URL: url }),
    fault: (proxy) => proxy.sever(),
  },
  'gets no answer from PostgreSQL': {
    server: () => stack.databaseUrl,
    env: (url) => ({ DATABASE_URL: url }),
    fault: (proxy) => proxy.freeze(),
  },
};

describe.concurrent('on SIGTERM a worker ends with exit code 0 within ten seconds', () => {
  test.each(Object.entries(outages))('while it %s', async (_what, { server, env, fault }) => {
    const proxy = await proxyTo(server());
    const worker = await stack.start('worker', env(proxy.url));
    await fault(proxy);
    // Commands that wait for an answer.
    void fetch(`${worker.url}/health/ready`).catch(() => undefined);
    expect(await secondsToStop(worker)).toBeLessThan(LIMIT_SECONDS);
  });

  test('while the mail server does not answer, and gives the mail back to the others', async () => {
    // No other worker may send this mail.
    await using own = await startStack({ workers: 0 });
    const smtp = await startFaultySmtp();
    smtp.set(() => 'hangs');
    const worker = await own.start('worker', { MAIL_PORT: String(smtp.port) });
    const { email } = await register(own.url);
    await until(() => expect(smtp.arrived()).toBe(1));
    expect(await secondsToStop(worker)).toBeLessThan(LIMIT_SECONDS);
    const rows = await own.sql.query('select state, attempts, due_at <= now() as is_due from outbox');
    expect(rows).toEqual([{ state: 'pending', attempts: 0, is_due: true }]);
    await own.start('worker');
    expect(await own.mailbox.next(email)).toMatchObject({ to: [email] });
    await smtp.down();
  });
});
