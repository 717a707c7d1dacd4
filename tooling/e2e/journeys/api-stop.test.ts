import { startRedis } from '@moonlight/redis/testing';
import { startFaultyProxy } from '@moonlight/test-servers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../src/concurrency.ts';
import { password, register } from '../src/people.ts';
import { restOf } from '../src/rest.ts';
import { runApp } from '../src/run-app.ts';
import { baseEnv, type Stack, startStack } from '../src/start-stack.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ apis: 0, workers: 0 });
});
afterAll(() => stack.close());

test('an API ends with exit code 0 though neither PostgreSQL nor Redis answers, and refuses its open calls first', async () => {
  const redis = await startRedis();
  const database = await startFaultyProxy(stack.databaseUrl);
  const queue = await startFaultyProxy(redis.url);
  const api = await stack.start('api', { DATABASE_URL: database.url, REDIS_URL: queue.url });
  const { email } = await register(api.url);
  for (const proxy of [database, queue]) proxy.freeze();
  const login = restOf(api.url)('POST /api/v1/auth/login', { email, password });
  await until(async () => expect(await (await fetch(`${api.url}/health`)).json()).toEqual({ status: 'healthy' }));
  const stopping = api.stop();
  expect((await login).status).toBe(503);
  await stopping;
  await Promise.all([database.close(), queue.close(), redis.stop()]);
});

test('from SIGTERM on the readiness of an API is 503 and its answers close connections; a second signal ends it at once', async () => {
  const env = { ...baseEnv(stack.databaseUrl, stack.mailbox.smtpPort), SHUTDOWN_DELAY_SECONDS: '60' };
  const api = await runApp('api', env);
  const ready = async () => {
    const answer = await fetch(`${api.url}/health/ready`);
    return { status: answer.status, connection: answer.headers.get('connection'), body: await answer.json() };
  };
  expect(await ready()).toEqual({ status: 200, connection: 'keep-alive', body: { status: 'ready' } });
  process.kill(api.pid, 'SIGTERM');
  await until(async () =>
    expect(await ready()).toEqual({ status: 503, connection: 'close', body: { status: 'stopping', unavailable: [] } }),
  );
  const rest = restOf(api.url);
  for (const route of ['POST /trpc/auth.checkEmail', 'POST /api/v1/auth/check-email'])
    expect((await rest(route, { email: 'a@example.com' })).headers.get('connection')).toBe('close');
  await until(async () => {
    if (api.isRunning()) process.kill(api.pid, 'SIGTERM');
    expect(api.isRunning()).toBe(false);
  });
  await expect(api.stop()).rejects.toThrow('exit code 1');
});
