import { setTimeout as pause } from 'node:timers/promises';
import { runChild } from '@moonlight/start';
import { bundleOf } from '@moonlight/build';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runApp } from '../src/run-app.ts';
import { baseEnv, type Stack, startStack } from '../src/start-stack.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ workers: 0 });
});
afterAll(() => stack.close());

const envWith = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
  ...baseEnv(stack.databaseUrl, stack.mailbox.smtpPort),
  ...env,
});

const wrongPassword = (): string => {
  const url = new URL(stack.databaseUrl);
  url.password = 'hunter2hunter2';
  return url.href;
};

const wrongDatabase = () => ({ DATABASE_URL: wrongPassword() });
const DATABASE_LINE = /^The start failed: DATABASE_URL: PostgreSQL at [^ ]+:\d+ refuses/;
const redisDown = () => ({ REDIS_URL: 'redis://:hunter2@127.0.0.1:1' });
const REDIS_LINE = /^The start failed: REDIS_URL: Redis at 127\.0\.0\.1:1 refuses/;

test.each([
  { name: 'api', what: 'a wrong password', env: wrongDatabase, expected: DATABASE_LINE },
  { name: 'worker', what: 'a wrong password', env: wrongDatabase, expected: DATABASE_LINE },
  { name: 'api', what: 'Redis down', env: redisDown, expected: REDIS_LINE },
  { name: 'worker', what: 'Redis down', env: redisDown, expected: REDIS_LINE },
] as const)(
  '$name with $what ends with one line that names variable, host and port',
  async ({ name, env, expected }) => {
    const lines: string[] = [];
    const { exited } = runChild({ script: bundleOf(name), env: envWith(env()), onLine: (line) => lines.push(line) });
    expect(await exited).toBe('exit code 1');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(expected);
    expect(lines[0]).not.toContain('hunter2');
  },
);

test('a worker whose mail server is down runs, names it once, and is not ready because of smtp', async () => {
  const lines: string[] = [];
  const env = envWith({ MAIL_PORT: '1', MAIL_PASSWORD: 'hunter2hunter2' });
  const worker = runChild({ script: bundleOf('worker'), env, onLine: (line) => lines.push(line) });
  const port = await expect
    .poll(() => /"family":"IPv4","port":(\d+)/.exec(lines.join('\n'))?.[1])
    .toBeDefined()
    .then(() => /"family":"IPv4","port":(\d+)/.exec(lines.join('\n'))?.[1]);
  for (let probe = 0; probe < 20; probe += 1) {
    const answer = await fetch(`http://127.0.0.1:${port}/health/ready`);
    expect(answer.status).toBe(503);
    expect(await answer.json()).toEqual({ status: 'unavailable', unavailable: ['smtp'] });
    await pause(100);
  }
  expect((await fetch(`http://127.0.0.1:${port}/health`)).status).toBe(200);
  await worker.stop();
  expect(await worker.exited).toBe('exit code 0');
  const named = lines.filter((line) => line.includes('MAIL_SERVER'));
  expect(named).toHaveLength(1);
  expect(named[0]).toContain('127.0.0.1:1 ');
  expect(lines.length).toBeLessThan(10);
  expect(lines.join('\n')).not.toContain('hunter2');
});

test('a worker whose mail server answers is ready', async () => {
  const worker = await runApp('worker', envWith({}));
  expect((await fetch(`${worker.url}/health/ready`)).status).toBe(200);
  await worker.stop();
});
