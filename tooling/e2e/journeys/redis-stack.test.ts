import { createMoonlightClient } from '@moonlight/client';
import { connectRedis } from '@moonlight/redis';
import { type RunningRedis, startRedis } from '@moonlight/redis/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { password } from '../src/people.ts';
import { tokenIn } from '../src/mailbox.ts';
import { type Stack, startStack } from '../src/start-stack.ts';
import { until } from '../src/concurrency.ts';

let redis: RunningRedis;
let stack: Stack;
beforeAll(async () => {
  redis = await startRedis();
  stack = await startStack({ env: { REDIS_URL: redis.url, CAPTCHA_PROVIDER: 'none' } });
});
afterAll(async () => {
  await stack.close();
  await redis.stop();
});

const clientOf = () => createMoonlightClient({ url: stack.url });
const ready = async (url: string) => {
  const answer = await fetch(`${url}/health/ready`);
  return { status: answer.status, body: await answer.json() };
};
/** Registers, verifies, logs in, refreshes and logs out. */
const useMainFeatures = async (username: string) => {
  const client = clientOf();
  const email = `${username}@example.com`;
  await client.auth.register.mutate({ email, username, password });
  const token = tokenIn(await stack.mailbox.next(email));
  expect(await client.emailVerification.confirm.mutate({ token })).toEqual({ status: 'verified' });
  const { tokens } = await client.auth.login.mutate({ email, password });
  expect(await client.account.profile.query()).toMatchObject({ email, isEmailVerified: true });
  await client.auth.refresh.mutate({ refreshToken: tokens.refreshToken });
  expect(await client.account.profile.query()).toMatchObject({ username });
  await client.auth.logout.mutate();
  expect(await client.restore()).toBe(false);
};

test('queue and limits are in Redis, without any email address', async () => {
  await useMainFeatures('first');
  const wrong = { email: 'first@example.com', password: 'wrong' };
  await expect(clientOf().auth.login.mutate(wrong)).rejects.toMatchObject({ data: { error: 'INVALID_CREDENTIALS' } });
  const connection = connectRedis([redis.url]);
  const keys = await connection.keys('*');
  connection.disconnect();
  expect(keys.some((key) => key.startsWith('{moonlight}:moonlight-mail:'))).toBe(true);
  expect(keys.some((key) => key.includes('mail-cooldown'))).toBe(true);
  expect(keys.join()).not.toMatch(/example|first/);
  expect(await stack.sql.query('select 1 from limits')).toEqual([]);
  expect(await stack.sql.query('select 1 from bullmq.job')).toEqual([]);
});

test('no mail is lost when Redis loses its data', async () => {
  await Promise.all(stack.workers.map((worker) => worker.stop()));
  const email = 'flushed@example.com';
  await clientOf().auth.register.mutate({ email, username: 'flushed', password });
  const connection = connectRedis([redis.url]);
  await until(async () => expect(await connection.keys('*:wait')).toHaveLength(1));
  await connection.flushall();
  connection.disconnect();
  await stack.start('worker');
  expect((await stack.mailbox.next(email)).subject).toBe('Verify your email for Moonlight');
});

test('while Redis is down, the service answers, stays ready and names the queue; it recovers when Redis is back', async () => {
  const running = [...stack.apis, ...stack.workers].filter(({ isRunning }) => isRunning());
  await redis.kill();
  await until(async () =>
    expect(await ready(stack.url)).toEqual({ status: 200, body: { status: 'degraded', degraded: ['queue'] } }),
  );
  expect((await fetch(`${stack.url}/health`)).status).toBe(200);

  const client = clientOf();
  const email = 'outage@example.com';
  await client.auth.register.mutate({ email, username: 'outage', password });
  await client.auth.login.mutate({ email, password });
  expect(await client.account.profile.query()).toMatchObject({ email });
  // Until then each process has its own counters.
  await expect(client.emailVerification.send.mutate()).rejects.toMatchObject({ data: { error: 'RATE_LIMITED' } });

  redis = await startRedis({ port: redis.port });
  expect((await stack.mailbox.next(email)).subject).toBe('Verify your email for Moonlight');
  await until(async () => {
    for (const app of running) expect(await ready(app.url)).toMatchObject({ status: 200 });
  });
  expect(running.map(({ isRunning }) => isRunning())).toEqual([true, true]);
  await useMainFeatures('afterwards');
});
