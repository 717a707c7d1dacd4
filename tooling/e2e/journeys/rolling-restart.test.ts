import { freePort, type RunningHaproxy, startHaproxy } from '@moonlight/test-servers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../src/concurrency.ts';
import { password, register } from '../src/people.ts';
import { type Rest, restOf, tokensIn } from '../src/rest.ts';
import type { RunningApp } from '../src/run-app.ts';
import { type Stack, startStack } from '../src/start-stack.ts';

const USERS = 4;

let stack: Stack;
let proxy: RunningHaproxy;
let ports: number[];
const replicas: RunningApp[] = [];

const start = (port: number) => stack.start('api', { PORT: String(port), SHUTDOWN_DELAY_SECONDS: '1' });

beforeAll(async () => {
  stack = await startStack({ apis: 0, workers: 0, env: { CAPTCHA_PROVIDER: 'none' } });
  ports = [await freePort(), await freePort()];
  replicas.push(...(await Promise.all(ports.map(start))));
  proxy = await startHaproxy(ports);
});
afterAll(async () => {
  await proxy.stop();
  await stack.close();
});

/** Logs in, reads the profile and refreshes, again and again. Resolves to the statuses, and errors, that it saw. */
const keepCalling = async (email: string, signal: AbortSignal): Promise<string[]> => {
  const seen: string[] = [];
  const rest = restOf(proxy.url);
  const call = async (...args: Parameters<Rest>) => {
    const answer = await rest(...args);
    seen.push(answer.status === 200 ? '200' : `${args[0]} ${answer.status} ${answer.text}`);
    return answer;
  };
  while (!signal.aborted)
    try {
      const { access, refresh } = tokensIn(await call('POST /api/v1/auth/login', { email, password }));
      for (let times = 0; times < 4; times += 1) await call('GET /api/v1/auth/profile', undefined, { token: access });
      await call('POST /api/v1/auth/refresh', { refresh_token: refresh });
    } catch (error) {
      seen.push(String(error));
    }
  return seen;
};

test('while two replicas behind a load balancer are restarted one after the other, every call succeeds', async () => {
  await until(async () => expect(await proxy.countUp()).toBe(2));
  const people = await Promise.all(Array.from({ length: USERS }, () => register(proxy.url)));
  const enough = new AbortController();
  const calls = people.map(({ email }) => keepCalling(email, enough.signal));
  for (const [index, port] of ports.entries()) {
    await replicas[index]!.stop();
    replicas[index] = await start(port);
    await until(async () => expect(await proxy.countUp()).toBe(2));
  }
  enough.abort();
  const seen = (await Promise.all(calls)).flat();
  expect([...new Set(seen)]).toEqual(['200']);
  expect(seen.length).toBeGreaterThan(100);
});
